package dev.signet.ca.rest;

import com.google.protobuf.ByteString;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.signet.ca.CaServer;
import dev.signet.ca.RunningServer;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.privilege.Role;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.CreateJoinTokenRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.OperatorServiceGrpc;
import dev.signet.proto.v1.RenewCertificateRequest;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The whole server in this process, seen through its admin port. Close it.
final class RestRig implements AutoCloseable {

    static final String TRUST_DOMAIN = "signet.test";
    static final String ISSUER = "https://login.test";
    static final String AUDIENCE = "signet-admin";
    static final String OPERATOR = "operator-0123456789abcdef0123456789abcdef";
    static final JsonMapper JSON = new JsonMapper();

    private static final SecureRandom RANDOM = new SecureRandom();

    final Path directory;
    final ECKey tokenKey;
    final RunningServer server;
    private final TestDatabase database = TestDatabase.create();
    private final List<HttpClient> clients = new ArrayList<>();
    private final ManagedChannel channel;
    final HttpClient http;

    RestRig() throws Exception {
        this(Map.of());
    }

    RestRig(Map<String, String> more) throws Exception {
        directory = Files.createTempDirectory("signet-rest");
        byte[] kek = new byte[32];
        RANDOM.nextBytes(kek);
        Files.writeString(directory.resolve("kek"), Base64.getEncoder().encodeToString(kek));
        Files.writeString(directory.resolve("operator"), OPERATOR + "\n");
        tokenKey = newTokenKey();
        Files.writeString(
                directory.resolve("jwks.json"), new JWKSet(tokenKey.toPublicJWK()).toString());
        Map<String, String> settings = new HashMap<>();
        settings.put("signet.trust-domain", TRUST_DOMAIN);
        settings.put("signet.database.url", database.url());
        settings.put("signet.database.username", database.username());
        settings.put("signet.database.password", database.password());
        settings.put(
                "signet.authority.key-encryption-key.file", directory.resolve("kek").toString());
        settings.put("signet.operator.credential-file", directory.resolve("operator").toString());
        for (String port : List.of("grpc", "http", "admin")) {
            settings.put("signet." + port + ".port", "0");
            settings.put("signet." + port + ".address", "127.0.0.1");
        }
        settings.put("signet.stop.drain-time", "0s");
        settings.put("signet.admin.logins.failures", "10000");
        settings.put("signet.admin.oidc[0].issuer", ISSUER);
        settings.put("signet.admin.oidc[0].audience", AUDIENCE);
        settings.put("signet.admin.oidc[0].jwks-file", directory.resolve("jwks.json").toString());
        settings.put("signet.admin.oidc[0].role-claim", "realm_access.roles");
        int index = 0;
        for (Role role : Role.values()) {
            String mapping = "signet.admin.oidc[0].roles[" + index + "].";
            settings.put(mapping + "value", "ca-" + role);
            settings.put(mapping + "role", role.toString());
            String certificates = "signet.admin.certificates[" + index + "].";
            settings.put(
                    certificates + "spiffe-id", "spiffe://" + TRUST_DOMAIN + "/" + role + "/*");
            settings.put(certificates + "roles[0]", role.toString());
            index++;
        }
        settings.putAll(more);
        server = CaServer.start(settings);
        http = client(null, List.of());
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                        .sslContext(GrpcSslContexts.forClient().trustManager(roots()).build())
                        .build();
    }

    static ECKey newTokenKey() throws Exception {
        return new ECKeyGenerator(Curve.P_256)
                .keyID("key-" + UUID.randomUUID())
                .algorithm(JWSAlgorithm.ES256)
                .generate();
    }

    TestDatabase database() {
        return database;
    }

    int port() {
        return server.adminPort().orElseThrow();
    }

    URI uri(String path) {
        return URI.create("https://127.0.0.1:" + port() + path);
    }

    List<X509Certificate> roots() throws Exception {
        List<X509Certificate> roots = new ArrayList<>();
        for (byte[] der : server.trustBundle().x509Authorities()) {
            roots.add(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(der)));
        }
        return roots;
    }

    /// A client with connections of its own.
    HttpClient client(PrivateKey key, List<X509Certificate> chain) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(tls(key, chain)).build();
        clients.add(client);
        return client;
    }

    SSLContext tls(PrivateKey key, List<X509Certificate> chain) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        int index = 0;
        for (X509Certificate root : roots()) {
            trusted.setCertificateEntry("root-" + index++, root);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (key != null) {
            own.setKeyEntry("own", key, new char[0], chain.toArray(Certificate[]::new));
        }
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /// A client certificate of this CA.
    record Held(PrivateKey key, List<X509Certificate> chain) {}

    Held certificate(String path, Duration lifetime) throws Exception {
        String token =
                with(OperatorServiceGrpc.newBlockingStub(channel), "Operator " + OPERATOR)
                        .createJoinToken(
                                CreateJoinTokenRequest.newBuilder()
                                        .setSpiffeIdPattern("spiffe://" + TRUST_DOMAIN + path)
                                        .build())
                        .getToken();
        return certificate(token, lifetime, "Join ");
    }

    Held certificate(String token, Duration lifetime, String scheme) throws Exception {
        return certificate(token, lifetime, scheme, "");
    }

    /// @param spiffeId requested; empty: none
    Held certificate(String token, Duration lifetime, String scheme, String spiffeId)
            throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        byte[] csr =
                new JcaPKCS10CertificationRequestBuilder(
                                new X500Name("CN=ignored"), keys.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate()))
                        .getEncoded();
        var issued =
                with(CertificateServiceGrpc.newBlockingStub(channel), scheme + token)
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(ByteString.copyFrom(csr))
                                        .setSpiffeId(spiffeId)
                                        .setLifetime(
                                                com.google.protobuf.Duration.newBuilder()
                                                        .setSeconds(lifetime.toSeconds()))
                                        .build())
                        .getCertificate();
        List<X509Certificate> chain = new ArrayList<>();
        for (var der : issued.getCertificateChainList()) {
            chain.add(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(der.newInput()));
        }
        return new Held(keys.getPrivate(), chain);
    }

    /// A new certificate with a new key, by the one that is held.
    Held renewed(Held held) throws Exception {
        ManagedChannel own =
                NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(roots())
                                        .keyManager(
                                                held.key(),
                                                held.chain().toArray(X509Certificate[]::new))
                                        .build())
                        .build();
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] csr =
                    new JcaPKCS10CertificationRequestBuilder(
                                    new X500Name("CN=ignored"), keys.getPublic())
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate()))
                            .getEncoded();
            List<X509Certificate> chain = new ArrayList<>();
            for (var der :
                    CertificateServiceGrpc.newBlockingStub(own)
                            .renewCertificate(
                                    RenewCertificateRequest.newBuilder()
                                            .setCertificateSigningRequest(ByteString.copyFrom(csr))
                                            .build())
                            .getCertificate()
                            .getCertificateChainList()) {
                chain.add(
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509")
                                        .generateCertificate(der.newInput()));
            }
            return new Held(keys.getPrivate(), chain);
        } finally {
            own.shutdownNow();
        }
    }

    private static <S extends AbstractStub<S>> S with(S stub, String authorization) {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    JWTClaimsSet.Builder claims(Role... roles) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("someone")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)))
                .claim(
                        "realm_access",
                        Map.of(
                                "roles",
                                java.util.Arrays.stream(roles).map(role -> "ca-" + role).toList()));
    }

    String token(Role... roles) throws Exception {
        return sign(claims(roles).build(), tokenKey);
    }

    static String sign(JWTClaimsSet claims, ECKey key) throws Exception {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                        claims);
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    HttpRequest.Builder operator(String path) {
        return request(path).header("Authorization", "Operator " + OPERATOR);
    }

    /// Once more where the connection has ended under the request, as it may after an answer that
    /// came before the body was read (RFC 9110 9.3.1, RFC 9112 9.3.1). The idempotency key of a
    /// write stays the same.
    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return send(http, request.build());
    }

    /// The same with another client.
    static HttpResponse<String> send(HttpClient client, HttpRequest request) throws Exception {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (HttpTimeoutException e) {
            throw e;
        } catch (IOException _) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(operator(path));
    }

    HttpResponse<String> write(String method, String path, String body) throws Exception {
        return send(write(operator(path), method, body));
    }

    static HttpRequest.Builder write(HttpRequest.Builder request, String method, String body) {
        return request.header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    static String code(HttpResponse<String> response) {
        return json(response).path("code").stringValue("");
    }

    @Override
    public void close() {
        clients.forEach(HttpClient::close);
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        database.close();
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
