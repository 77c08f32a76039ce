package dev.signet.ca.authority;

import dev.signet.ca.refusal.Refusal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The CA's authorities as this replica knows them. Thread-safe; never blocks.
public interface Authorities {

    /// The authority that signs at this instant.
    Selection active(Instant now);

    /// DER certificates from the named authority's issuing certificate upwards, without the root;
    /// empty for an unknown id.
    Optional<List<byte[]>> chain(String authorityId);

    /// Whether an authority of this CA, of whatever role and state, has this key: nobody else may
    /// be certified with it.
    ///
    /// @param sha256 of the DER SubjectPublicKeyInfo
    boolean isKeyOfAuthority(byte[] sha256);

    /// Whether an authority of this CA, of whatever role and state, has this name: to verifiers a
    /// certificate with it would be that one's.
    ///
    /// @param subject DER Name, not empty
    boolean isNameOfAuthority(byte[] subject);

    /// What verifiers are to trust.
    TrustAnchors trustAnchors();

    /// Whether there is an authority to sign with.
    sealed interface Selection {
        record Usable(IssuingAuthority authority) implements Selection {}

        /// AUTHORITY_NOT_USABLE (R17).
        record NotUsable(Refusal refusal) implements Selection {}
    }
}
