package dev.signet.ca.wire;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/// A P-256 key pair of this server with the certification request for it: no subject, no attribute,
/// nothing but the key and the proof of its possession. The key leaves for the TLS engine only. A
/// P-256 certificate is one that every mesh proxy can verify.
///
/// @rfc 2986 4
final class OwnSigningRequest {

    private static final int SEQUENCE = 0x30;
    private static final int BIT_STRING = 0x03;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final byte[] NO_SUBJECT = {0x30, 0x00};
    private static final byte[] NO_ATTRIBUTES = {(byte) 0xa0, 0x00};

    /// AlgorithmIdentifier of ecdsa-with-SHA256 (RFC 5758 3.2).
    private static final byte[] ECDSA_WITH_SHA256 = {
        0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };

    private final PrivateKey privateKey;
    private final byte[] der;

    private OwnSigningRequest(PrivateKey privateKey, byte[] der) {
        this.privateKey = privateKey;
        this.der = der;
    }

    /// @param generator of EC keys
    /// @param signature SHA256withECDSA, not used by anybody else meanwhile
    static OwnSigningRequest create(KeyPairGenerator generator, Signature signature)
            throws GeneralSecurityException {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] information =
                tlv(SEQUENCE, VERSION_0, NO_SUBJECT, pair.getPublic().getEncoded(), NO_ATTRIBUTES);
        signature.initSign(pair.getPrivate());
        signature.update(information);
        byte[] bits = tlv(BIT_STRING, new byte[] {0}, signature.sign());
        return new OwnSigningRequest(
                pair.getPrivate(), tlv(SEQUENCE, information, ECDSA_WITH_SHA256, bits));
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    byte[] der() {
        return der;
    }

    private static byte[] tlv(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >>> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return "OwnSigningRequest[key redacted]";
    }
}
