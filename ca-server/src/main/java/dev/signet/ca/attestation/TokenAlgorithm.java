package dev.signet.ca.attestation;

import java.util.Optional;

/// Signature algorithms that a token may use: asymmetric ones only, so that no public key can ever
/// be taken for a shared secret.
///
/// @rfc 7518 3.1
/// @rfc 8037 3.1
enum TokenAlgorithm {
    ES256("ES256", Family.EC, "SHA256withECDSA", "P-256", 64, ""),
    ES384("ES384", Family.EC, "SHA384withECDSA", "P-384", 96, ""),
    ES512("ES512", Family.EC, "SHA512withECDSA", "P-521", 132, ""),
    RS256("RS256", Family.RSA, "SHA256withRSA", "", 0, ""),
    RS384("RS384", Family.RSA, "SHA384withRSA", "", 0, ""),
    RS512("RS512", Family.RSA, "SHA512withRSA", "", 0, ""),
    PS256("PS256", Family.RSA, "RSASSA-PSS", "", 0, "SHA-256"),
    PS384("PS384", Family.RSA, "RSASSA-PSS", "", 0, "SHA-384"),
    PS512("PS512", Family.RSA, "RSASSA-PSS", "", 0, "SHA-512"),
    EDDSA("EdDSA", Family.OKP, "Ed25519", "Ed25519", 64, "");

    /// Kind of key that the algorithm takes.
    enum Family {
        EC,
        RSA,
        OKP
    }

    private final String joseName;
    private final Family family;
    private final String jcaName;
    private final String curve;
    private final int signatureLength;
    private final String pssDigest;

    TokenAlgorithm(
            String joseName,
            Family family,
            String jcaName,
            String curve,
            int signatureLength,
            String pssDigest) {
        this.joseName = joseName;
        this.family = family;
        this.jcaName = jcaName;
        this.curve = curve;
        this.signatureLength = signatureLength;
        this.pssDigest = pssDigest;
    }

    static Optional<TokenAlgorithm> named(String joseName) {
        for (TokenAlgorithm algorithm : values()) {
            if (algorithm.joseName.equals(joseName)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    String joseName() {
        return joseName;
    }

    Family family() {
        return family;
    }

    /// Name for `java.security.Signature`.
    String jcaName() {
        return jcaName;
    }

    /// JOSE name of the curve that the key must be on; empty for RSA.
    String curve() {
        return curve;
    }

    /// Octets of a signature; 0 where the key decides.
    int signatureLength() {
        return signatureLength;
    }

    /// Digest of RSASSA-PSS; empty for others.
    String pssDigest() {
        return pssDigest;
    }
}
