package dev.signet.ca.certificate;

/// Kinds of public key that get a certificate.
public enum PublicKeyType {
    P256,
    P384,
    ED25519,
    /// 2048 to 4096 bits.
    RSA
}
