package dev.signet.ca.certificate;

import java.time.Duration;

/// What every leaf of one kind has in common. Immutable; a request sees one instance from beginning
/// to end (R5).
///
/// The one profile of today is section "common denominator" of docs/security.md: empty subject, one
/// critical URI SAN, KU digitalSignature (critical), EKU serverAuth and clientAuth, basic
/// constraints CA:FALSE, AKI.
///
/// @param name permanent name, recorded with each certificate
/// @param version grows when the meaning of the name changes
/// @param backdate how far notBefore lies before the moment of issuance; inside the lifetime
public record LeafProfile(String name, int version, Duration backdate) {

    /// The profile that Istio, Linkerd, SPIFFE and cert-manager clients accept alike. Some of them
    /// refuse a backdate of 30 s and more, a clock behind ours refuses one of less than a few.
    public static final LeafProfile WORKLOAD =
            new LeafProfile("workload", 1, Duration.ofSeconds(15));
}
