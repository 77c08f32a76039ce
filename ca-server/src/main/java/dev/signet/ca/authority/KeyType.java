package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.crypto.CryptoProvider;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/// Kind and size of a CA key, and what it signs with.
public enum KeyType {
    P256("EC", SignatureAlgorithm.ECDSA_P256_SHA256),
    P384("EC", SignatureAlgorithm.ECDSA_P384_SHA384),
    ED25519("Ed25519", SignatureAlgorithm.ED25519),
    RSA3072("RSA", SignatureAlgorithm.RSA_SHA256),
    RSA4096("RSA", SignatureAlgorithm.RSA_SHA256);

    private final String jcaName;
    private final SignatureAlgorithm algorithm;

    KeyType(String jcaName, SignatureAlgorithm algorithm) {
        this.jcaName = jcaName;
        this.algorithm = algorithm;
    }

    /// Name for `java.security.KeyFactory`.
    String jcaName() {
        return jcaName;
    }

    SignatureAlgorithm algorithm() {
        return algorithm;
    }

    KeyPair generate(CryptoProvider crypto) {
        try {
            KeyPairGenerator generator = crypto.newKeyPairGenerator(jcaName);
            switch (this) {
                case P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
                case ED25519 -> {
                    // The generator's name says it all; not every provider takes parameters.
                }
                case RSA3072 -> generator.initialize(rsa(3072));
                case RSA4096 -> generator.initialize(rsa(4096));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no key pair of type " + this, e);
        }
    }

    private static RSAKeyGenParameterSpec rsa(int bits) {
        return new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4);
    }
}
