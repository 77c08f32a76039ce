package dev.signet.ca.wire;

import dev.signet.ca.trust.TrustBundle;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/// A trust bundle as a document: SPIFFE JSON (SPIFFE Trust Domain and Bundle 4, a JWK Set of RFC
/// 7517) and PEM (RFC 7468). Every text in it comes from our own certificates, in base64.
/// Stateless.
///
/// @rfc 7517 4
/// @rfc 8037 2
final class TrustBundleDocument {

    private static final Base64.Encoder STANDARD = Base64.getEncoder();
    private static final Base64.Encoder MIME = Base64.getMimeEncoder(64, new byte[] {'\n'});
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    /// Length of an Ed25519 public key; its last octets in a SubjectPublicKeyInfo (RFC 8410 4).
    private static final int ED25519_LENGTH = 32;

    private TrustBundleDocument() {}

    static String json(TrustBundle bundle) {
        String keys =
                bundle.x509Authorities().stream()
                        .map(TrustBundleDocument::key)
                        .collect(Collectors.joining(","));
        return "{\"keys\":["
                + keys
                + "],\"spiffe_sequence\":"
                + bundle.version()
                + ",\"spiffe_refresh_hint\":"
                + bundle.refreshHint().toSeconds()
                + "}";
    }

    static String pem(TrustBundle bundle) {
        return bundle.x509Authorities().stream()
                .map(der ->
                        "-----BEGIN CERTIFICATE-----\n"
                                + MIME.encodeToString(der)
                                + "\n-----END CERTIFICATE-----\n")
                .collect(Collectors.joining());
    }

    private static String key(byte[] der) {
        return "{\"use\":\"x509-svid\","
                + parameters(publicKey(der))
                + ",\"x5c\":[\""
                + STANDARD.encodeToString(der)
                + "\"]}";
    }

    private static PublicKey publicKey(byte[] der) {
        try {
            return ((X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(der)))
                    .getPublicKey();
        } catch (CertificateException e) {
            throw new IllegalStateException("an authority on record is no certificate", e);
        }
    }

    private static String parameters(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> {
                int length = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                yield "\"kty\":\"EC\",\"crv\":\""
                        + curve(ec.getParams())
                        + "\",\"x\":\""
                        + URL.encodeToString(fixed(ec.getW().getAffineX(), length))
                        + "\",\"y\":\""
                        + URL.encodeToString(fixed(ec.getW().getAffineY(), length))
                        + "\"";
            }
            case RSAPublicKey rsa ->
                    "\"kty\":\"RSA\",\"n\":\""
                            + URL.encodeToString(unsigned(rsa.getModulus()))
                            + "\",\"e\":\""
                            + URL.encodeToString(unsigned(rsa.getPublicExponent()))
                            + "\"";
            case EdECPublicKey edwards -> {
                byte[] encoded = edwards.getEncoded();
                yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                        + URL.encodeToString(
                                Arrays.copyOfRange(
                                        encoded, encoded.length - ED25519_LENGTH, encoded.length))
                        + "\"";
            }
            default ->
                    throw new IllegalStateException(
                            "an authority has a key of kind " + key.getAlgorithm());
        };
    }

    private static String curve(ECParameterSpec parameters) {
        int size = parameters.getCurve().getField().getFieldSize();
        return switch (size) {
            case 256 -> "P-256";
            case 384 -> "P-384";
            case 521 -> "P-521";
            default -> throw new IllegalStateException("an authority has a curve of " + size);
        };
    }

    private static byte[] unsigned(BigInteger value) {
        return fixed(value, (value.bitLength() + 7) / 8);
    }

    private static byte[] fixed(BigInteger value, int length) {
        byte[] octets = value.toByteArray();
        byte[] fixed = new byte[length];
        int from = Math.max(0, octets.length - length);
        int count = octets.length - from;
        System.arraycopy(octets, from, fixed, length - count, count);
        return fixed;
    }
}
