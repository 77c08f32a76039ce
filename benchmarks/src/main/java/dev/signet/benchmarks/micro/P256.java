package dev.signet.benchmarks.micro;

import dev.signet.ca.crypto.CryptoProvider;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/// A P-256 key that signs as the server's authority does: the key is set once. Not thread-safe.
final class P256 {

    private final Signature signature;

    private P256(Signature signature) {
        this.signature = signature;
    }

    static P256 generate(CryptoProvider crypto) {
        try {
            Signature signature = crypto.newSignature("SHA256withECDSA");
            signature.initSign(keys(crypto).getPrivate());
            return new P256(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] sign(byte[] octets) {
        try {
            signature.update(octets);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// DER, with a key of its own at each call.
    static byte[] certificationRequest(CryptoProvider crypto) {
        try {
            KeyPair keys = keys(crypto);
            return new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair keys(CryptoProvider crypto) throws GeneralSecurityException {
        KeyPairGenerator generator = crypto.newKeyPairGenerator("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
