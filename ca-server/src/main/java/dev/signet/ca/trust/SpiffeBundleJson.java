package dev.signet.ca.trust;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.StringJoiner;

/// Writes a SPIFFE bundle: `use` is x509-svid, `x5c` one certificate, no `kid`, the key's own
/// parameters beside them. Each string it writes is base64, base64url or a constant, so nothing
/// needs escaping.
///
/// @rfc 7517 4
/// @rfc 8037 2
final class SpiffeBundleJson {

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private SpiffeBundleJson() {}

    static String write(TrustBundle bundle) {
        StringJoiner keys = new StringJoiner(",", "[", "]");
        for (byte[] certificate : bundle.x509Authorities()) {
            keys.add(
                    "{\"use\":\"x509-svid\","
                            + parameters(publicKey(certificate))
                            + ",\"x5c\":[\""
                            + Base64.getEncoder().encodeToString(certificate)
                            + "\"]}");
        }
        return "{\"spiffe_sequence\":"
                + bundle.version()
                + ",\"spiffe_refresh_hint\":"
                + bundle.refreshHint().toSeconds()
                + ",\"keys\":"
                + keys
                + "}";
    }

    private static PublicKey publicKey(byte[] certificate) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate))
                    .getPublicKey();
        } catch (CertificateException e) {
            throw new IllegalStateException("a trusted root is not a certificate", e);
        }
    }

    private static String parameters(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> {
                int bits = ec.getParams().getCurve().getField().getFieldSize();
                int length = (bits + 7) / 8;
                yield "\"kty\":\"EC\",\"crv\":\"P-"
                        + bits
                        + "\",\"x\":\""
                        + unsigned(ec.getW().getAffineX(), length)
                        + "\",\"y\":\""
                        + unsigned(ec.getW().getAffineY(), length)
                        + "\"";
            }
            case EdECPublicKey edwards -> {
                byte[] encoded = edwards.getEncoded();
                // RFC 8410: the last 32 octets of SubjectPublicKeyInfo are the key.
                yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                        + URL.encodeToString(
                                Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                        + "\"";
            }
            case RSAPublicKey rsa ->
                    "\"kty\":\"RSA\",\"n\":\""
                            + unsigned(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8)
                            + "\",\"e\":\""
                            + unsigned(
                                    rsa.getPublicExponent(),
                                    (rsa.getPublicExponent().bitLength() + 7) / 8)
                            + "\"";
            default ->
                    throw new IllegalStateException(
                            "a trusted root has a key of kind " + key.getAlgorithm());
        };
    }

    private static String unsigned(BigInteger value, int length) {
        byte[] octets = new byte[length];
        byte[] signed = value.toByteArray();
        int count = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - count, octets, length - count, count);
        return URL.encodeToString(octets);
    }
}
