package dev.signet.cli.crash;

import com.google.protobuf.ByteString;
import com.nimbusds.jose.JOSEException;
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
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Callers that ask for certificates without end, each on a connection of its own, and remember
/// every certificate that they were given. A call that failed is tried again with the same request
/// id, as a client does. Thread-safe.
final class IssuingLoad implements AutoCloseable {

    static final String ISSUER = "https://cluster.test";
    static final String AUDIENCE = "signet";

    /// A client that asks again at once would take the CPU that the restart needs.
    private static final Duration BACKOFF = Duration.ofMillis(50);

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final List<Thread> callers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final Map<Status.Code, LongAdder> failures = new ConcurrentHashMap<>();
    private final Map<String, String> unexpected = new ConcurrentHashMap<>();
    private final LongAdder receivedCount = new LongAdder();
    private final SecureRandom random = new SecureRandom();
    private volatile boolean stopping;

    /// A token issuer's key; its public half is what the server is configured with.
    static ECKey makeIssuerKey(Path jwksFile) throws JOSEException, IOException {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("crash-test").generate();
        Files.writeString(jwksFile, new JWKSet(key.toPublicJWK()).toString());
        return key;
    }

    /// @param targets one or several servers, `host:port`; callers are dealt to them in turn and
    ///   move on to the next when theirs is away
    IssuingLoad(List<String> targets, String bundlePem, ECKey issuerKey, int callerCount)
            throws Exception {
        for (int i = 0; i < callerCount; i++) {
            List<ManagedChannel> own = new ArrayList<>();
            for (int t = 0; t < targets.size(); t++) {
                String target = targets.get((i + t) % targets.size());
                own.add(
                        Grpc.newChannelBuilder(
                                        target,
                                        TlsChannelCredentials.newBuilder()
                                                .trustManager(
                                                        new ByteArrayInputStream(
                                                                bundlePem.getBytes(
                                                                        StandardCharsets.US_ASCII)))
                                                .build())
                                .build());
            }
            channels.addAll(own);
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token(issuerKey, i));
            ByteString csr = ByteString.copyFrom(certificationRequest());
            callers.add(
                    Thread.ofPlatform()
                            .name("caller-" + i)
                            .daemon()
                            .start(() -> call(own, headers, csr)));
        }
    }

    private void call(List<ManagedChannel> own, Metadata headers, ByteString csr) {
        int turn = 0;
        while (!stopping) {
            IssueCertificateRequest request =
                    IssueCertificateRequest.newBuilder()
                            .setCertificateSigningRequest(csr)
                            .setRequestId(requestId().toString())
                            .build();
            boolean answered = false;
            while (!answered && !stopping) {
                try {
                    IssuedCertificate certificate =
                            CertificateServiceGrpc.newBlockingStub(own.get(turn % own.size()))
                                    .withInterceptors(
                                            MetadataUtils.newAttachHeadersInterceptor(headers))
                                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                                    .issueCertificate(request)
                                    .getCertificate();
                    received.add(certificate.getSerialNumber());
                    receivedCount.increment();
                    answered = true;
                } catch (StatusRuntimeException e) {
                    Status.Code code = code(e);
                    failures.computeIfAbsent(code, _ -> new LongAdder()).increment();
                    switch (code) {
                        case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> {
                            turn++;
                            LockSupport.parkNanos(BACKOFF.toNanos());
                        }
                        default -> {
                            if (!stopping) {
                                unexpected.put(code.name(), e.toString());
                            }
                            answered = true;
                        }
                    }
                }
            }
        }
    }

    /// As the transport means it: where the connection ends while a call is written, it is
    /// grpc-netty of this process that says UNKNOWN, with its ClosedChannelException as the cause;
    /// the server has not answered. An UNKNOWN that a server sent has no cause and stays a failure
    /// of the test. ca-client reads it the same way.
    private static Status.Code code(StatusRuntimeException e) {
        boolean closed =
                e.getStatus().getCode() == Status.Code.UNKNOWN
                        && e.getStatus().getCause() instanceof ClosedChannelException;
        return closed ? Status.Code.UNAVAILABLE : e.getStatus().getCode();
    }

    /// Serial numbers received since the last call of this method.
    List<String> takeReceived() {
        List<String> taken = new ArrayList<>();
        for (String serial = received.poll(); serial != null; serial = received.poll()) {
            taken.add(serial);
        }
        return taken;
    }

    long receivedCount() {
        return receivedCount.sum();
    }

    /// Failed calls by status.
    Map<Status.Code, LongAdder> failures() {
        return failures;
    }

    /// Failures of a kind that no crash explains, one of each.
    Map<String, String> unexpected() {
        return unexpected;
    }

    /// Ends the load; afterwards everything that callers received can be taken.
    void stop() throws InterruptedException {
        close();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Override
    public void close() {
        stopping = true;
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private UUID requestId() {
        long millis = System.currentTimeMillis();
        long high = (millis << 16) | 0x7000L | random.nextInt(0x1000);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static String token(ECKey key, int caller) throws JOSEException {
        String serviceAccount = "caller-" + caller;
        Instant now = Instant.now();
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                        new JWTClaimsSet.Builder()
                                .issuer(ISSUER)
                                .audience(AUDIENCE)
                                .subject("system:serviceaccount:crash:" + serviceAccount)
                                .issueTime(Date.from(now))
                                .notBeforeTime(Date.from(now))
                                .expirationTime(Date.from(now.plusSeconds(6 * 3600)))
                                .claim(
                                        "kubernetes.io",
                                        Map.of(
                                                "namespace",
                                                "crash",
                                                "serviceaccount",
                                                Map.of(
                                                        "name",
                                                        serviceAccount,
                                                        "uid",
                                                        UUID.randomUUID().toString())))
                                .build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    private static byte[] certificationRequest() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        return new JcaPKCS10CertificationRequestBuilder(new X500Name(""), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
    }
}
