package dev.signet.ca.certificate;

/// What a certificate says of its issuer, byte for byte as the issuer's certificate has it.
/// Immutable; the arrays are not copied and must not be changed.
///
/// @param subject DER of the issuer certificate's subject Name
/// @param subjectKeyIdentifier content of the issuer's subjectKeyIdentifier extension
/// @param validity the issuer certificate's validity, which no certificate outlives
/// @param algorithm what the issuer signs with
/// @param pathLength how many CA certificates may follow below the issuer's; 0: it issues to end
///   entities only (RFC 5280 4.2.1.9)
@SuppressWarnings("ArrayRecordComponent") // compared by identity only; one instance per authority
public record Issuer(
        byte[] subject,
        byte[] subjectKeyIdentifier,
        Validity validity,
        SignatureAlgorithm algorithm,
        int pathLength) {

    /// Whether verifiers accept a certificate of the profile below this issuer: a CA needs room for
    /// itself and for its own path length.
    public boolean mayIssue(CertificateProfile profile) {
        CertificateProfile.AuthorityConstraints authority = profile.authority();
        return authority == null || authority.pathLength() < pathLength;
    }
}
