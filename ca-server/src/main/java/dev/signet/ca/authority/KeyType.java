package dev.signet.ca.authority;

/// Kind and size of a CA key.
public enum KeyType {
    P256,
    P384,
    ED25519,
    RSA3072,
    RSA4096
}
