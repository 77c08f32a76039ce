package dev.signet.ca;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.CreateJoinTokenRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.OperatorServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The whole server in this process, on a database of its own or a given one. Close it.
final class ServerRig implements AutoCloseable {

    static final String TRUST_DOMAIN = "signet.test";
    static final String ISSUER = "https://kubernetes.test";
    static final String AUDIENCE = "signet";

    private static final SecureRandom RANDOM = new SecureRandom();

    /// What replicas have in common: files and keys outside of the database.
    static final class Site implements AutoCloseable {
        final Path directory;
        final String operatorCredential = "operator-" + randomHex(32);
        final byte[] keyEncryptionKey = new byte[32];
        final ECKey tokenKey;

        Site() throws Exception {
            directory = Files.createTempDirectory("signet-site");
            RANDOM.nextBytes(keyEncryptionKey);
            Files.writeString(
                    directory.resolve("kek"), Base64.getEncoder().encodeToString(keyEncryptionKey));
            Files.writeString(directory.resolve("operator"), operatorCredential + "\n");
            tokenKey =
                    new ECKeyGenerator(Curve.P_256)
                            .keyID("test-key")
                            .algorithm(JWSAlgorithm.ES256)
                            .generate();
            Files.writeString(
                    directory.resolve("jwks.json"), new JWKSet(tokenKey.toPublicJWK()).toString());
        }

        Map<String, String> settings(String databaseUrl, String username, String password) {
            Map<String, String> settings = new HashMap<>();
            settings.put("signet.trust-domain", TRUST_DOMAIN);
            settings.put("signet.database.url", databaseUrl);
            settings.put("signet.database.username", username);
            settings.put("signet.database.password", password);
            settings.put(
                    "signet.authority.key-encryption-key.file",
                    directory.resolve("kek").toString());
            settings.put(
                    "signet.operator.credential-file", directory.resolve("operator").toString());
            settings.put("signet.grpc.port", "0");
            settings.put("signet.grpc.address", "127.0.0.1");
            settings.put("signet.http.port", "0");
            settings.put("signet.http.address", "127.0.0.1");
            settings.put("signet.admin.port", "0");
            settings.put("signet.admin.address", "127.0.0.1");
            settings.put("signet.stop.drain-time", "0s");
            settings.put("signet.attestation.token-issuers[0].name", "cluster");
            settings.put("signet.attestation.token-issuers[0].kind", "kubernetes");
            settings.put("signet.attestation.token-issuers[0].issuer", ISSUER);
            settings.put("signet.attestation.token-issuers[0].audiences", AUDIENCE);
            settings.put(
                    "signet.attestation.token-issuers[0].jwks-file",
                    directory.resolve("jwks.json").toString());
            return settings;
        }

        /// A ServiceAccount token, fresh each time.
        String serviceAccountToken(String namespace, String serviceAccount) throws Exception {
            Instant now = Instant.now();
            SignedJWT jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("test-key").build(),
                            new JWTClaimsSet.Builder()
                                    .issuer(ISSUER)
                                    .audience(AUDIENCE)
                                    .subject(
                                            "system:serviceaccount:"
                                                    + namespace
                                                    + ":"
                                                    + serviceAccount)
                                    .issueTime(Date.from(now))
                                    .notBeforeTime(Date.from(now))
                                    .expirationTime(Date.from(now.plusSeconds(600)))
                                    .jwtID(randomHex(8))
                                    .claim(
                                            "kubernetes.io",
                                            Map.of(
                                                    "namespace",
                                                    namespace,
                                                    "serviceaccount",
                                                    Map.of(
                                                            "name",
                                                            serviceAccount,
                                                            "uid",
                                                            "11111111-2222-3333-4444-555555555555")))
                                    .build());
            jwt.sign(new ECDSASigner(tokenKey));
            return jwt.serialize();
        }

        @Override
        public void close() {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .map(Path::toFile)
                        .forEach(java.io.File::delete);
            } catch (java.io.IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final Site site;
    final RunningServer server;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    ServerRig(Site site, Map<String, String> settings) {
        this.site = site;
        this.server = CaServer.start(settings);
    }

    static ServerRig start(Site site, TestDatabase database, Map<String, String> more) {
        Map<String, String> settings =
                site.settings(database.url(), database.username(), database.password());
        settings.putAll(more);
        return new ServerRig(site, settings);
    }

    static String randomHex(int octets) {
        byte[] random = new byte[octets];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    List<X509Certificate> roots() throws Exception {
        List<X509Certificate> roots = new ArrayList<>();
        for (var certificate :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(
                                        get("/trust-bundle.pem")
                                                .body()
                                                .getBytes(StandardCharsets.US_ASCII)))) {
            roots.add((X509Certificate) certificate);
        }
        return roots;
    }

    ManagedChannel channel() throws Exception {
        return channel(null, List.of());
    }

    ManagedChannel channel(KeyPair keys, List<X509Certificate> chain) throws Exception {
        // BoringSSL would not take a CA with Ed25519 keys.
        SslContextBuilder tls =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                        .trustManager(roots());
        if (keys != null) {
            tls.keyManager(keys.getPrivate(), chain.toArray(X509Certificate[]::new));
        }
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                        .sslContext(tls.build())
                        .disableRetry()
                        .build();
        channels.add(channel);
        return channel;
    }

    CertificateServiceGrpc.CertificateServiceBlockingStub certificates() throws Exception {
        return CertificateServiceGrpc.newBlockingStub(channel());
    }

    OperatorServiceGrpc.OperatorServiceBlockingStub operator() throws Exception {
        return with(
                OperatorServiceGrpc.newBlockingStub(channel()),
                "Operator " + site.operatorCredential);
    }

    String joinToken(String pattern) throws Exception {
        return operator()
                .createJoinToken(
                        CreateJoinTokenRequest.newBuilder().setSpiffeIdPattern(pattern).build())
                .getToken();
    }

    static <S extends AbstractStub<S>> S with(S stub, String authorization) {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    static KeyPair newKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    static byte[] csr(KeyPair keys) throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=ignored"), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
    }

    static List<X509Certificate> chain(IssuedCertificate issued) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        for (var der : issued.getCertificateChainList()) {
            chain.add((X509Certificate) factory.generateCertificate(der.newInput()));
        }
        return chain;
    }

    /// `ErrorInfo.reason`; empty without one.
    static String reason(StatusRuntimeException e) throws Exception {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status != null) {
            for (var detail : status.getDetailsList()) {
                if (detail.is(com.google.rpc.ErrorInfo.class)) {
                    return detail.unpack(com.google.rpc.ErrorInfo.class).getReason();
                }
            }
        }
        return "";
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        for (ManagedChannel channel : channels) {
            try {
                channel.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        http.close();
        server.close();
    }
}
