package dev.signet.ca.status;

import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A key in memory, and the certificate by which an authority lets it answer OCSP requests.
/// Thread-safe.
final class OcspResponder {

    static final String ALGORITHM = "SHA256withECDSA";

    private final byte[] certificate;
    private final byte[] keyHash;
    private final Validity validity;
    private final PrivateKey key;
    private final CryptoProvider crypto;

    /// Ready to sign; as many as there were signatures at the same time.
    private final Queue<Signature> ready = new ConcurrentLinkedQueue<>();

    /// @param certificate DER, on record
    /// @param keyHash SHA-1 of the public key's bits: the ResponderID (RFC 6960 4.2.1)
    OcspResponder(
            byte[] certificate,
            byte[] keyHash,
            Validity validity,
            PrivateKey key,
            CryptoProvider crypto) {
        this.certificate = certificate;
        this.keyHash = keyHash;
        this.validity = validity;
        this.key = key;
        this.crypto = crypto;
    }

    byte[] certificate() {
        return certificate;
    }

    byte[] keyHash() {
        return keyHash;
    }

    Validity validity() {
        return validity;
    }

    byte[] sign(byte[] toBeSigned) {
        try {
            Signature signature = ready.poll();
            if (signature == null) {
                signature = crypto.newSignature(ALGORITHM);
                signature.initSign(key);
            }
            signature.update(toBeSigned);
            byte[] octets = signature.sign();
            ready.offer(signature); // one that failed is thrown away
            return octets;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an OCSP answer was not signed", e);
        }
    }

    @Override
    public String toString() {
        return "OcspResponder[until " + validity.notAfter() + "]";
    }
}
