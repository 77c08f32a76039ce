package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.pkcs11.Pkcs11Token;
import dev.signet.ca.pkcs11.TokenException;
import dev.signet.ca.pkcs11.TokenKeyReference;
import dev.signet.ca.pkcs11.TokenSignature;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/// Signs with a key in a token. What is signed with ECDSA is hashed here. Thread-safe.
final class TokenSigner implements Signer {

    private final SignatureAlgorithm algorithm;
    private final Pkcs11Token token;
    private final TokenKeyReference reference;
    private final ThreadLocal<MessageDigest> digests;

    TokenSigner(
            SignatureAlgorithm algorithm,
            Pkcs11Token token,
            TokenKeyReference reference,
            CryptoProvider crypto) {
        this.algorithm = algorithm;
        this.token = token;
        this.reference = reference;
        this.digests =
                ThreadLocal.withInitial(() ->
                        crypto.newMessageDigest(
                                algorithm == SignatureAlgorithm.ECDSA_P384_SHA384
                                        ? "SHA-384"
                                        : "SHA-256"));
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
        try {
            return switch (algorithm) {
                case ECDSA_P256_SHA256, ECDSA_P384_SHA384 ->
                        sequence(
                                token.sign(
                                        reference,
                                        TokenSignature.ECDSA_OF_DIGEST,
                                        digests.get().digest(toBeSigned)));
                case RSA_SHA256 ->
                        token.sign(reference, TokenSignature.SHA256_RSA_PKCS, toBeSigned);
                case ED25519 -> throw new SigningException("no token signs with Ed25519", null);
            };
        } catch (TokenException e) {
            throw SigningException.keyAway(String.valueOf(e.getMessage()), e);
        }
    }

    /// RFC 3279 2.2.3: what the token gives as r and s of one length becomes a SEQUENCE of both.
    private static byte[] sequence(byte[] plain) {
        if (plain.length == 0 || plain.length % 2 != 0) {
            throw new SigningException(
                    "the token gave an ECDSA signature of " + plain.length + " octets", null);
        }
        int half = plain.length / 2;
        try {
            return new DERSequence(
                            new ASN1Integer[] {
                                new ASN1Integer(new BigInteger(1, Arrays.copyOf(plain, half))),
                                new ASN1Integer(
                                        new BigInteger(
                                                1, Arrays.copyOfRange(plain, half, plain.length)))
                            })
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("two numbers have no encoding", e);
        }
    }

    @Override
    public boolean mayBlock() {
        return true;
    }

    @Override
    public Optional<String> impediment() {
        return token.impediment(reference);
    }

    @Override
    public String toString() {
        return "TokenSigner[" + algorithm + ", " + reference + "]";
    }
}
