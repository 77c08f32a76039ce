package dev.signet.benchmarks;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/// A stand-in for a Kubernetes cluster that issues projected service account tokens: ES256 JWTs
/// with the claims of such tokens, about 900 octets each. Thread-safe.
///
/// @rfc 7518 3.4
final class TokenIssuer {

    static final String ISSUER = "https://kubernetes.benchmark.invalid";
    static final String AUDIENCE = "signet";

    /// As kubelet asks by default.
    static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

    private static final String KEY_FILE = "token-issuer-key.der";
    private static final String JWKS_FILE = "token-issuer-jwks.json";
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    private final PrivateKey privateKey;
    private final String jwks;
    private final String encodedHeader;
    private final ThreadLocal<Signature> signatures;

    private TokenIssuer(PrivateKey privateKey, String jwks, String keyId) {
        this.privateKey = privateKey;
        this.jwks = jwks;
        this.encodedHeader =
                base64("{\"alg\":\"ES256\",\"kid\":\"" + keyId + "\",\"typ\":\"JWT\"}");
        this.signatures = ThreadLocal.withInitial(this::newSignature);
    }

    static TokenIssuer generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        ECPublicKey publicKey = (ECPublicKey) keys.getPublic();
        String x = base64(coordinate(publicKey.getW().getAffineX()));
        String y = base64(coordinate(publicKey.getW().getAffineY()));
        String keyId = x.substring(0, 16);
        String jwks =
                """
                {"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"%s","x":"%s","y":"%s"}]}
                """
                        .formatted(keyId, x, y);
        return new TokenIssuer(keys.getPrivate(), jwks, keyId);
    }

    /// The issuer kept in `directory`; makes one there where there is none. A server that is
    /// started by somebody else is configured with the JWKS file found there.
    static TokenIssuer in(Path directory) throws IOException, GeneralSecurityException {
        Path keyFile = directory.resolve(KEY_FILE);
        if (Files.exists(keyFile)) {
            PrivateKey key =
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(keyFile)));
            String jwks = Files.readString(jwksFile(directory));
            String keyId = jwks.replaceFirst("(?s).*\"kid\":\"([^\"]*)\".*", "$1");
            return new TokenIssuer(key, jwks, keyId);
        }
        TokenIssuer issuer = generate();
        OwnerOnly.createDirectories(directory);
        OwnerOnly.write(keyFile, issuer.privateKey.getEncoded());
        Files.writeString(jwksFile(directory), issuer.jwks);
        return issuer;
    }

    static Path jwksFile(Path directory) {
        return directory.resolve(JWKS_FILE);
    }

    /// JSON Web Key Set of the one key.
    ///
    /// @rfc 7517
    String jwks() {
        return jwks;
    }

    /// @param number makes the token differ from every other of this workload
    Token mint(int workload, long number, Instant now) {
        return new Token("Bearer " + text(workload, number, now), workload);
    }

    /// As a file holds it. A secret.
    String text(int workload, long number, Instant now) {
        String signingInput = encodedHeader + '.' + base64(claims(workload, number, now));
        byte[] octets = signingInput.getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = signatures.get();
            signature.initSign(privateKey);
            signature.update(octets);
            return signingInput + '.' + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("token could not be signed", e);
        }
    }

    private static String claims(int workload, long number, Instant now) {
        String namespace = Workloads.namespace(workload);
        String account = Workloads.serviceAccount(workload);
        String hex = HexFormat.of().toHexDigits(number);
        String uid = "6b1f6b34-4b7f-4d5c-" + hex.substring(0, 4) + "-" + hex.substring(4);
        long issued = now.getEpochSecond();
        return """
        {"aud":["%s"],"exp":%d,"iat":%d,"iss":"%s","jti":"%s","kubernetes.io":{"namespace":"%s",\
        "node":{"name":"node-7","uid":"0d2f8f0c-2ab1-4c52-8df6-9a44d2a0c3b1"},\
        "pod":{"name":"%s-%s","uid":"%s"},\
        "serviceaccount":{"name":"%s","uid":"f2b4a6a2-6f0e-4a35-9f53-1f2f6a1f0b77"}},\
        "nbf":%d,"sub":"system:serviceaccount:%s:%s"}\
        """
                .formatted(
                        AUDIENCE,
                        issued + TOKEN_LIFETIME.toSeconds(),
                        issued,
                        ISSUER,
                        uid,
                        namespace,
                        account,
                        hex,
                        uid,
                        account,
                        issued,
                        namespace,
                        account);
    }

    private Signature newSignature() {
        try {
            return Signature.getInstance("SHA256withECDSAinP1363Format");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no provider signs ES256", e);
        }
    }

    private static byte[] coordinate(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(signed.length, fixed.length);
        System.arraycopy(signed, signed.length - length, fixed, fixed.length - length, length);
        return fixed;
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] octets) {
        return BASE64_URL.encodeToString(octets);
    }
}
