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

    /// What verifiers are to trust.
    TrustAnchors trustAnchors();

    /// Whether there is an authority to sign with.
    sealed interface Selection {
        record Usable(IssuingAuthority authority) implements Selection {}

        /// AUTHORITY_NOT_USABLE (R17).
        record NotUsable(Refusal refusal) implements Selection {}
    }
}
