package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/// Proves by a signature that a key is the one of a certificate. Thread-safe.
final class KeyProof {

    private static final byte[] SAMPLE = "signet key check".getBytes(StandardCharsets.US_ASCII);

    private final CryptoProvider crypto;

    KeyProof(CryptoProvider crypto) {
        this.crypto = crypto;
    }

    /// @param certificate DER
    /// @throws SigningException when the key gives no signature
    /// @throws IllegalStateException when it is another key, or not usable
    void require(byte[] certificate, KeyType type, Signer signer) {
        require(new AuthorityCertificate(certificate, crypto.sha256(certificate)), type, signer);
    }

    /// The same.
    void require(AuthorityCertificate certificate, KeyType type, Signer signer) {
        try {
            PublicKey key =
                    crypto.keyFactory(type.jcaName())
                            .generatePublic(
                                    new X509EncodedKeySpec(certificate.subjectPublicKeyInfo()));
            Signature verifier = crypto.newSignature(type.algorithm().jcaName());
            verifier.initVerify(key);
            verifier.update(SAMPLE);
            if (verifier.verify(signer.sign(SAMPLE))) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "key of authority " + certificate.id() + " is not usable", e);
        }
        throw new IllegalStateException(
                "private key of authority "
                        + certificate.id()
                        + " is not the one of its certificate");
    }
}
