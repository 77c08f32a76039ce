package dev.signet.ca.trust;

import dev.signet.ca.identity.TrustDomain;

import java.time.Duration;
import java.util.List;

/// What verifiers of one trust domain trust. Immutable; arrays must not be changed.
///
/// @param version grows with each change over all replicas, never falls (spiffe_sequence)
/// @param x509Authorities DER self-signed CA certificates
/// @param refreshHint how often to ask for a newer one, whole seconds
public record TrustBundle(
        TrustDomain trustDomain, long version, List<byte[]> x509Authorities, Duration refreshHint) {

    public TrustBundle {
        x509Authorities = List.copyOf(x509Authorities);
    }
}
