package dev.signet.ca.certificate;

/// What an authority signs certificates with. RSA is PKCS#1 v1.5: no mesh proxy reads PSS chains.
///
/// @rfc 5758 3.2
/// @rfc 8410 3
/// @rfc 4055 5
public enum SignatureAlgorithm {
    ECDSA_P256_SHA256("SHA256withECDSA"),
    ECDSA_P384_SHA384("SHA384withECDSA"),
    ED25519("Ed25519"),
    RSA_SHA256("SHA256withRSA");

    private final String jcaName;

    SignatureAlgorithm(String jcaName) {
        this.jcaName = jcaName;
    }

    /// Name for `java.security.Signature`.
    public String jcaName() {
        return jcaName;
    }
}
