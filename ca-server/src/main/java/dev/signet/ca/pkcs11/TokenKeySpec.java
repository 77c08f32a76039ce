package dev.signet.ca.pkcs11;

/// Kinds of keys that tokens make and sign with.
public enum TokenKeySpec {
    EC_P256,
    EC_P384,
    RSA_3072,
    RSA_4096
}
