package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.ledger.LedgerProblem;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

class RotationAndStopIT {

    @Test
    void rotatesItsCertificateWithoutDroppingAConnection() throws Exception {
        WireRig rig = new WireRig();
        rig.issuance.serverLifetime = Duration.ofSeconds(10);
        try (rig) {
            rig.run(Map.of());
            ManagedChannel channel = rig.channel();
            var stub = TrustServiceGrpc.newBlockingStub(channel);
            stub.getTrustBundle(GetTrustBundleRequest.getDefaultInstance());
            X509Certificate first = shown(rig);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(shown(rig)).isNotEqualTo(first));
            stub.getTrustBundle(GetTrustBundleRequest.getDefaultInstance());
            assertThat(channel.getState(false)).isEqualTo(io.grpc.ConnectivityState.READY);
        }
    }

    @Test
    void keepsTheOldCertificateWhileItCannotGetANewOneAndSaysSoWhenItExpired() throws Exception {
        WireRig rig = new WireRig();
        rig.issuance.serverLifetime = Duration.ofSeconds(10);
        try (rig) {
            rig.run(Map.of());
            rig.issuance.forServer =
                    FakeIssuance.refusing(
                            Refusal.of(RefusalCode.LEDGER_UNAVAILABLE, "PostgreSQL is away"));
            X509Certificate first = shown(rig);
            int asked = rig.issuance.requests.size();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.issuance.requests.size() >= asked + 2);
            assertThat(shown(rig)).isEqualTo(first);
            assertThat(rig.part(Readiness.class).objections()).isEmpty();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(rig.part(Readiness.class).objections())
                                    .extracting(Readiness.Objection::code)
                                    .containsExactly("SERVER_CERTIFICATE_MISSING"));
            rig.issuance.forServer = rig.issuance::issueNow;
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(
                            () -> assertThat(rig.part(Readiness.class).objections()).isEmpty());
            assertThat(shown(rig)).isNotEqualTo(first);
        }
    }

    @Test
    void readinessAndHealthFollowTheLedger() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            var health = HealthGrpc.newBlockingStub(rig.channel());
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(status(health)).isEqualTo(ServingStatus.SERVING));
            rig.ledgerProblem = Optional.of(LedgerProblem.LEDGER_READ_ONLY);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(status(health)).isEqualTo(ServingStatus.NOT_SERVING));
            HttpResponse<String> notReady = http(rig, "GET", "/readyz");
            assertThat(notReady.statusCode()).isEqualTo(503);
            assertThat(notReady.body())
                    .contains("\"LEDGER_READ_ONLY\"")
                    .contains("default_transaction_read_only");
            rig.ledgerProblem = Optional.empty();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(status(health)).isEqualTo(ServingStatus.SERVING));
            assertThat(http(rig, "GET", "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void answersHttpStrictly() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            HttpResponse<String> bundle = http(rig, "GET", "/trust-bundle");
            assertThat(bundle.statusCode()).isEqualTo(200);
            assertThat(bundle.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(bundle.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            String tag = bundle.headers().firstValue("ETag").orElseThrow();
            assertThat(http(rig, "GET", "/trust-bundle", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
            rig.bundles.publish(rig.ca.bundle(2));
            assertThat(http(rig, "GET", "/trust-bundle", "If-None-Match", tag).statusCode())
                    .isEqualTo(200);
            assertThat(http(rig, "HEAD", "/trust-bundle.pem").body()).isEmpty();
            assertThat(http(rig, "GET", "/trust-bundle.pem").body())
                    .startsWith("-----BEGIN CERTIFICATE-----\n");
            HttpResponse<String> post = http(rig, "POST", "/trust-bundle");
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
            assertThat(http(rig, "GET", "/").statusCode()).isEqualTo(404);
            assertThat(http(rig, "GET", "/trust-bundle/..%2fetc").statusCode()).isEqualTo(404);
            assertThat(http(rig, "GET", "/livez").statusCode()).isEqualTo(200);
            assertThat(http(rig, "GET", "/metrics").body()).contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void acceptedCallsAreAnsweredAtAStopAndNewOnesRefused() throws Exception {
        WireRig rig = WireRig.start(Map.of("signet.stop.drain-time", "1s"));
        ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
        rig.issuance.forWorkloads =
                (request, answer, _) -> held.add(() -> answer.accept(rig.issuance.issued(request)));
        var stub =
                WireRig.with(CertificateServiceGrpc.newFutureStub(rig.channel()), "Bearer a")
                        .withDeadlineAfter(30, TimeUnit.SECONDS);
        IssueCertificateRequest request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(GrpcServerIT.csr()))
                        .build();
        List<com.google.common.util.concurrent.ListenableFuture<IssueCertificateResponse>> calls =
                new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(stub.issueCertificate(request));
        }
        await().until(() -> held.size() == 50);
        var health = HealthGrpc.newBlockingStub(rig.channel());
        status(health);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(rig.part(GrpcServer.class)::stop);
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(
                        () -> assertThat(status(health)).isEqualTo(ServingStatus.NOT_SERVING));
        assertThat(http(rig, "GET", "/readyz").body()).contains("SHUTTING_DOWN");
        await().until(() -> !listens(rig.grpcPort()));
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                WireRig.with(
                                                CertificateServiceGrpc.newBlockingStub(
                                                        rig.channel()),
                                                "Bearer a")
                                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                                        .issueCertificate(request));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(stop).isNotDone();
        held.forEach(Runnable::run);
        for (var call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS).getCertificate().getSerialNumber())
                    .hasSize(40);
        }
        stop.get(20, TimeUnit.SECONDS);
        assertThat(rig.issuance.refusing).isTrue();
        rig.close();
    }

    @Test
    void aCancelledCallDoesNotDisturbItsAnswer() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            CompletableFuture<Consumer<IssuanceOutcome>> held = new CompletableFuture<>();
            rig.issuance.forWorkloads = (_, answer, _) -> held.complete(answer);
            var call =
                    WireRig.with(CertificateServiceGrpc.newFutureStub(rig.channel()), "Bearer a")
                            .issueCertificate(
                                    IssueCertificateRequest.newBuilder()
                                            .setCertificateSigningRequest(
                                                    ByteString.copyFrom(GrpcServerIT.csr()))
                                            .build());
            Consumer<IssuanceOutcome> answer = held.get(10, TimeUnit.SECONDS);
            call.cancel(true);
            await().until(() -> rig.part(GrpcServer.class).callsInFlight() == 0);
            answer.accept(rig.issuance.issued(rig.issuance.requests.getLast()));
            rig.issuance.forWorkloads = rig.issuance::issueNow;
            assertThat(
                            TrustServiceGrpc.newBlockingStub(rig.channel())
                                    .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                                    .getBundle()
                                    .getVersion())
                    .isEqualTo(1);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static ServingStatus status(HealthGrpc.HealthBlockingStub health) {
        return health.withDeadlineAfter(5, TimeUnit.SECONDS)
                .check(
                        HealthCheckRequest.newBuilder()
                                .setService("signet.v1.CertificateService")
                                .build())
                .getStatus();
    }

    private static HttpResponse<String> http(
            WireRig rig, String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rig.httpPort() + path))
                        .timeout(Duration.ofSeconds(10))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    /// The certificate that a new connection is shown.
    private static X509Certificate shown(WireRig rig) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new TrustingAll()}, null);
        try (SSLSocket socket =
                (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", rig.grpcPort())) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class TrustingAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
