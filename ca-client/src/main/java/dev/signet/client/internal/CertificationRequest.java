package dev.signet.client.internal;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.HexFormat;

/// Writes a PKCS#10 certification request with an empty subject and no attribute: it carries a
/// public key and the proof that its private key is held, and that is all a CA takes from it.
/// Output only; nothing is parsed here. Stateless.
///
/// @rfc 2986 4
public final class CertificationRequest {

    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
    private static final byte[] EMPTY_SUBJECT = HexFormat.of().parseHex("3000");
    private static final byte[] NO_ATTRIBUTES = HexFormat.of().parseHex("a000");

    private CertificationRequest() {}

    /// The request for a key pair, DER.
    ///
    /// @throws IllegalArgumentException when the key is none of P-256, P-384, Ed25519, RSA
    public static byte[] encode(KeyPair keys, SecureRandom random) {
        PublicKey key = keys.getPublic();
        Algorithm algorithm = algorithm(key);
        byte[] info = Der.sequence(VERSION_0, EMPTY_SUBJECT, key.getEncoded(), NO_ATTRIBUTES);
        try {
            Signature signature = Signature.getInstance(algorithm.name());
            signature.initSign(keys.getPrivate(), random);
            signature.update(info);
            return Der.sequence(info, algorithm.identifier(), Der.bitString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the private key cannot sign " + algorithm.name(), e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // constants of this class, never compared
    private record Algorithm(String name, byte[] identifier) {}

    private static Algorithm algorithm(PublicKey key) {
        String hex;
        String name;
        if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            if (bits == 256) {
                name = "SHA256withECDSA";
                hex = "300a06082a8648ce3d040302";
            } else if (bits == 384) {
                name = "SHA384withECDSA";
                hex = "300a06082a8648ce3d040303";
            } else {
                throw new IllegalArgumentException(
                        "EC key of " + bits + " bits (expected: P-256 or P-384)");
            }
        } else if (key.getAlgorithm().equals("EdDSA") || key.getAlgorithm().equals("Ed25519")) {
            name = "Ed25519";
            hex = "300506032b6570";
        } else if (key.getAlgorithm().equals("RSA")) {
            name = "SHA256withRSA";
            hex = "300d06092a864886f70d01010b0500";
        } else {
            throw new IllegalArgumentException(
                    "key algorithm " + key.getAlgorithm() + " (expected: EC, Ed25519 or RSA)");
        }
        return new Algorithm(name, HexFormat.of().parseHex(hex));
    }
}
