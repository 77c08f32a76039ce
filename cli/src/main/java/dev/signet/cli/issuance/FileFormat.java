package dev.signet.cli.issuance;

/// How a key and its certificate lie in files.
enum FileFormat {
    /// `key.pem`, `cert.pem`, `bundle.pem`.
    PEM,
    /// `keystore.p12` and `truststore.p12` (PKCS#12), `bundle.pem`.
    P12,
    /// `keystore.jks` and `truststore.jks`, `bundle.pem`.
    JKS
}
