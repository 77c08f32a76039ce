package dev.signet.ca.authority;

import java.util.List;

/// The roots that verifiers are to trust, as of one change of the authorities on record. Immutable;
/// arrays must not be changed.
///
/// @param generation grows with each change of any authority, over all replicas; of two replicas
///   the one with the greater has read the later state
/// @param certificates DER self-signed certificates, ordered by their octets
public record TrustAnchors(long generation, List<byte[]> certificates) {

    public TrustAnchors {
        certificates = List.copyOf(certificates);
    }
}
