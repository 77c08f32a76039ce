package dev.signet.ca.attestation;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A token issuer of a test: its keys, its JWK Set, and tokens that say whatever a test wants.
final class TestIssuer {

    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final String url;
    private final String keyId;
    private final KeyPair pair;
    private final String algorithm;

    TestIssuer(String url, String keyId, String algorithm) {
        this.url = url;
        this.keyId = keyId;
        this.algorithm = algorithm;
        this.pair = newPair(algorithm);
    }

    String url() {
        return url;
    }

    KeyPair pair() {
        return pair;
    }

    private static KeyPair newPair(String algorithm) {
        try {
            return switch (algorithm) {
                case "ES256" -> ec("secp256r1");
                case "ES384" -> ec("secp384r1");
                case "ES512" -> ec("secp521r1");
                case "EdDSA" -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                default -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                    yield generator.generateKeyPair();
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    JWK jwk() {
        return switch (pair.getPublic()) {
            case ECPublicKey key ->
                    new ECKey.Builder(Curve.forECParameterSpec(key.getParams()), key)
                            .keyID(keyId)
                            .keyUse(KeyUse.SIGNATURE)
                            .build();
            case RSAPublicKey key -> new RSAKey.Builder(key).keyID(keyId).build();
            case EdECPublicKey key -> {
                byte[] spki = key.getEncoded();
                byte[] x = Arrays.copyOfRange(spki, spki.length - 32, spki.length);
                yield new com.nimbusds.jose.jwk.OctetKeyPair.Builder(
                                Curve.Ed25519, com.nimbusds.jose.util.Base64URL.encode(x))
                        .keyID(keyId)
                        .build();
            }
            default -> throw new IllegalStateException();
        };
    }

    static byte[] jwks(TestIssuer... issuers) {
        List<JWK> keys = new ArrayList<>();
        for (TestIssuer issuer : issuers) {
            keys.add(issuer.jwk());
        }
        return new JWKSet(keys).toString().getBytes(StandardCharsets.UTF_8);
    }

    String header() {
        return "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, keyId);
    }

    /// Claims of a projected service account token as a Kubernetes API server writes them.
    String claims(String namespace, String serviceAccount) {
        return """
        {"aud":["signet"],"exp":%d,"iat":%d,"iss":"%s","jti":"3e2f","kubernetes.io":\
        {"namespace":"%s","node":{"name":"node1","uid":"n-1"},"pod":{"name":"orders-1","uid":"p-1"},\
        "serviceaccount":{"name":"%s","uid":"s-1"},"warnafter":%d},"nbf":%d,\
        "sub":"system:serviceaccount:%s:%s"}\
        """
                .formatted(
                        NOW.getEpochSecond() + 600,
                        NOW.getEpochSecond() - 60,
                        url,
                        namespace,
                        serviceAccount,
                        NOW.getEpochSecond() + 500,
                        NOW.getEpochSecond() - 60,
                        namespace,
                        serviceAccount);
    }

    String token() {
        return sign(header(), claims("shop", "orders"));
    }

    String sign(String header, String claims) {
        String input = encode(header) + "." + encode(claims);
        return input + "." + BASE64.encodeToString(signature(input));
    }

    private byte[] signature(String input) {
        byte[] octets = input.getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signer =
                    Signature.getInstance(
                            switch (algorithm) {
                                case "ES256" -> "SHA256withECDSAinP1363Format";
                                case "ES384" -> "SHA384withECDSAinP1363Format";
                                case "ES512" -> "SHA512withECDSAinP1363Format";
                                case "EdDSA" -> "Ed25519";
                                case "RS256" -> "SHA256withRSA";
                                case "PS256" -> "RSASSA-PSS";
                                default -> throw new IllegalStateException();
                            });
            if (algorithm.equals("PS256")) {
                signer.setParameter(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signer.initSign(pair.getPrivate());
            signer.update(octets);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A token "signed" with the public key taken for a shared secret.
    String signHs256(String claims, byte[] secret) {
        String input =
                encode("{\"alg\":\"HS256\",\"kid\":\"%s\"}".formatted(keyId))
                        + "."
                        + encode(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return input
                    + "."
                    + BASE64.encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String encode(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
