package dev.signet.client;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;

/// Kinds of key that a workload's certificate can carry.
public enum KeyType {
    /// ECDSA on P-256: the default; small, fast, understood everywhere.
    P256("EC", "secp256r1", 256),
    /// ECDSA on P-384.
    P384("EC", "secp384r1", 384),
    /// Ed25519: some TLS stacks and most browsers do not accept it in certificates.
    ED25519("Ed25519", "", 255),
    /// RSA, 2048 bits: making a key takes up to a second.
    RSA_2048("RSA", "", 2048),
    /// RSA, 3072 bits.
    RSA_3072("RSA", "", 3072),
    /// RSA, 4096 bits: making a key takes seconds.
    RSA_4096("RSA", "", 4096);

    private final String algorithm;
    private final String curve;
    private final int bits;

    KeyType(String algorithm, String curve, int bits) {
        this.algorithm = algorithm;
        this.curve = curve;
        this.bits = bits;
    }

    /// A fresh key pair from the platform's strongest ready generator.
    KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!curve.isEmpty()) {
                generator.initialize(new java.security.spec.ECGenParameterSpec(curve), random);
            } else if (algorithm.equals("RSA")) {
                generator.initialize(bits, random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "this Java runtime cannot make a key of kind " + this, e);
        }
    }
}
