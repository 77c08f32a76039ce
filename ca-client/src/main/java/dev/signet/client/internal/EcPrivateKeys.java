package dev.signet.client.internal;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/// EC private keys whose PKCS#8 encoding holds the public key, which GnuTLS and ring require and
/// the JDK leaves out. Stateless.
///
/// @rfc 5915 3
public final class EcPrivateKeys {

    private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};
    private static final byte[] VERSION_1 = {Der.INTEGER, 1, 1};
    private static final int PUBLIC_KEY = 0xa1;

    private EcPrivateKeys() {}

    /// The same key. What is no EC key, or does not leave its provider, stays as it is.
    ///
    /// @param publicKey of the private key
    public static PrivateKey withPublicKey(PrivateKey key, PublicKey publicKey) {
        if (!(key instanceof ECPrivateKey ec)
                || key.getEncoded() == null
                || !publicKey.getAlgorithm().equals("EC")) {
            return key;
        }
        // SubjectPublicKeyInfo: algorithm with the curve, then the point (RFC 5480 2).
        List<Der.Element> info =
                Der.elements(Der.elements(publicKey.getEncoded()).get(0).content());
        int length = (ec.getParams().getOrder().bitLength() + 7) / 8;
        byte[] encoded =
                Der.sequence(
                        VERSION_0,
                        info.get(0).encoded(),
                        Der.element(
                                Der.OCTET_STRING,
                                Der.sequence(
                                        VERSION_1,
                                        Der.element(
                                                Der.OCTET_STRING,
                                                unsigned(ec.getS().toByteArray(), length)),
                                        Der.element(PUBLIC_KEY, info.get(1).encoded()))));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot read an EC key", e);
        }
    }

    /// Of exactly this length, big-endian.
    private static byte[] unsigned(byte[] number, int length) {
        byte[] exact = new byte[length];
        int bytes = Math.min(length, number.length);
        System.arraycopy(number, number.length - bytes, exact, length - bytes, bytes);
        return exact;
    }
}
