package dev.signet.ca.certificate;

/// What a leaf says of its issuer, byte for byte as the issuer's certificate has it. Immutable; the
/// arrays are not copied and must not be changed.
///
/// @param subject DER of the issuer certificate's subject Name
/// @param subjectKeyIdentifier content of the issuer's subjectKeyIdentifier extension
/// @param validity the issuer certificate's validity, which no leaf outlives
/// @param algorithm what the issuer signs with
@SuppressWarnings("ArrayRecordComponent") // compared by identity only; one instance per authority
public record Issuer(
        byte[] subject,
        byte[] subjectKeyIdentifier,
        Validity validity,
        SignatureAlgorithm algorithm) {}
