package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.crypto.CryptoProvider;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Optional;

/// Signs with a private key in this process's memory. Thread-safe: each thread keeps a signature
/// object with the key in place, because setting the key costs more than the rest around a
/// signature.
final class SoftwareSigner implements Signer {

    private final SignatureAlgorithm algorithm;
    private final ThreadLocal<Signature> signatures;

    SoftwareSigner(SignatureAlgorithm algorithm, PrivateKey key, CryptoProvider crypto) {
        this.algorithm = algorithm;
        this.signatures = ThreadLocal.withInitial(() -> ready(algorithm, key, crypto));
    }

    private static Signature ready(
            SignatureAlgorithm algorithm, PrivateKey key, CryptoProvider crypto) {
        Signature signature = crypto.newSignature(algorithm.jcaName());
        try {
            signature.initSign(key);
        } catch (InvalidKeyException e) {
            throw new SigningException("the authority's private key is not usable", e);
        }
        return signature;
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
        Signature signature = signatures.get();
        try {
            signature.update(toBeSigned);
            return signature.sign();
        } catch (GeneralSecurityException | RuntimeException e) {
            // Its state is unknown now; the next call makes a new one.
            signatures.remove();
            throw new SigningException("the authority's private key gave no signature", e);
        }
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public Optional<String> impediment() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "SoftwareSigner[" + algorithm + "]";
    }
}
