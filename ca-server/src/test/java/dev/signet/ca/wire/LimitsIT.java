package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/// What callers may not do to the port.
class LimitsIT {

    @Test
    void refusesMessagesOver64KiB() {
        try (WireRig rig = WireRig.start(Map.of())) {
            StatusRuntimeException refused = issue(rig, ByteString.copyFrom(new byte[70_000]));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertServes(rig);
        }
    }

    @Test
    void refusesOctetsThatAreNoProtobufAsInvalidArgument() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            ManagedChannel channel = rig.channel();
            var method =
                    CertificateServiceGrpc.getIssueCertificateMethod().toBuilder(
                                    new io.grpc.MethodDescriptor.Marshaller<byte[]>() {
                                        @Override
                                        public InputStream stream(byte[] value) {
                                            return new java.io.ByteArrayInputStream(value);
                                        }

                                        @Override
                                        public byte[] parse(InputStream stream) {
                                            return new byte[0];
                                        }
                                    },
                                    CertificateServiceGrpc.getIssueCertificateMethod()
                                            .getResponseMarshaller())
                            .build();
            io.grpc.Metadata metadata = new io.grpc.Metadata();
            metadata.put(WireRig.AUTHORIZATION, "Bearer a");
            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () ->
                                    io.grpc.stub.ClientCalls.blockingUnaryCall(
                                            io.grpc.ClientInterceptors.intercept(
                                                    channel,
                                                    io.grpc.stub.MetadataUtils
                                                            .newAttachHeadersInterceptor(metadata)),
                                            method,
                                            io.grpc.CallOptions.DEFAULT,
                                            new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3}));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(WireRig.reason(refused)).isEqualTo("INVALID_ARGUMENT");
        }
    }

    @Test
    void answersWithinItsOwnDeadlineWhateverTheClientSet() {
        try (WireRig rig = WireRig.start(Map.of("signet.grpc.limits.call-deadline", "300ms"))) {
            rig.issuance.forWorkloads = (_, _, _) -> {};
            StatusRuntimeException refused = issue(rig, ByteString.EMPTY);
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(WireRig.reason(refused)).isEqualTo("DEADLINE_EXCEEDED");
        }
    }

    @Test
    void answersFaultsWithAnIdAndNothingElse() {
        try (WireRig rig = WireRig.start(Map.of())) {
            rig.issuance.forWorkloads =
                    (_, _, fault) -> fault.accept(new IllegalStateException("secret cause"));
            StatusRuntimeException refused = issue(rig, ByteString.EMPTY);
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(refused.getMessage())
                    .doesNotContain("secret cause")
                    .contains("internal fault");
            rig.issuance.forWorkloads =
                    (_, _, _) -> {
                        throw new IllegalStateException("secret cause");
                    };
            assertThat(issue(rig, ByteString.EMPTY).getStatus().getCode())
                    .isEqualTo(Status.Code.INTERNAL);
            assertServes(rig);
        }
    }

    @Test
    void survivesGarbageAndPlainHttpOnTheTlsPort() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            byte[] garbage = new byte[4096];
            new Random(7).nextBytes(garbage);
            for (byte[] octets :
                    List.of(
                            garbage,
                            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII))) {
                try (Socket socket = new Socket("127.0.0.1", rig.grpcPort())) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream().write(octets);
                    assertThat(closedByServer(socket)).isTrue();
                }
            }
            assertServes(rig);
        }
    }

    @Test
    void closesConnectionsThatDoNotFinishTheHandshake() throws Exception {
        try (WireRig rig = WireRig.start(Map.of("signet.grpc.tls.handshake-timeout", "500ms"));
                Socket socket = new Socket("127.0.0.1", rig.grpcPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(0x16);
            assertThat(closedByServer(socket)).isTrue();
        }
    }

    @Test
    void closesConnectionsBeyondTheLimit() throws Exception {
        try (WireRig rig = WireRig.start(Map.of("signet.grpc.limits.connections", "2"))) {
            List<Socket> sockets = new ArrayList<>();
            try {
                // Two that have finished their handshakes.
                assertServes(rig);
                assertServes(rig);
                Socket third = new Socket("127.0.0.1", rig.grpcPort());
                third.setSoTimeout(5_000);
                sockets.add(third);
                assertThat(closedByServer(third)).isTrue();
                rig.closeChannels();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertServes(rig));
        }
    }

    @Test
    void aNewCallerGetsThePlaceOfTheOldestConnectionWithoutAHandshake() throws Exception {
        try (WireRig rig =
                WireRig.start(
                        Map.of(
                                "signet.grpc.limits.connections",
                                "20",
                                "signet.grpc.limits.handshakes",
                                "4",
                                "signet.grpc.tls.handshake-timeout",
                                "2m"))) {
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 40; i++) {
                    Socket socket = new Socket("127.0.0.1", rig.grpcPort());
                    socket.setSoTimeout(5_000);
                    sockets.add(socket);
                    if (i % 10 == 0) {
                        assertServes(rig);
                    }
                }
                assertThat(closedByServer(sockets.getFirst())).isTrue();
                assertServes(rig);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void oneAddressDoesNotGetThePlacesOfAll() throws Exception {
        try (WireRig rig =
                WireRig.start(
                        Map.of(
                                "signet.grpc.limits.connections-per-address",
                                "2",
                                "signet.grpc.address",
                                ""))) {
            assertServes(rig);
            assertServes(rig);
            try (Socket third = new Socket("127.0.0.1", rig.grpcPort())) {
                third.setSoTimeout(5_000);
                assertThat(closedByServer(third)).isTrue();
            }
            try (Socket other =
                    new Socket(
                            java.net.InetAddress.ofLiteral("127.0.0.1"),
                            rig.grpcPort(),
                            java.net.InetAddress.ofLiteral("127.0.0.2"),
                            0)) {
                other.setSoTimeout(500);
                assertThat(closedByServer(other)).isFalse();
            }
        }
    }

    @Test
    void boundsWatchesPerConnectionAndGivesPlacesBack() {
        try (WireRig rig =
                WireRig.start(Map.of("signet.grpc.limits.watches-per-connection", "2"))) {
            ManagedChannel channel = rig.channel();
            var contexts =
                    IntStream.range(0, 2)
                            .mapToObj(_ -> io.grpc.Context.current().withCancellation())
                            .toList();
            for (var context : contexts) {
                context.run(() ->
                        assertThat(TrustWatches.open(channel).next().getBundle().getVersion())
                                .isEqualTo(1));
            }
            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class, () -> TrustWatches.open(channel).next());
            assertThat(WireRig.reason(refused)).isEqualTo("TOO_MANY_WATCHES");
            contexts.forEach(context -> context.cancel(null));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(TrustWatches.open(channel).next().getBundle().getVersion())
                                    .isEqualTo(1));
            assertThat(rig.bundles.listeners).hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void watchGivesTheWholeStateThenEachChange() {
        try (WireRig rig = WireRig.start(Map.of())) {
            var versions = TrustWatches.open(rig.channel());
            assertThat(versions.next().getBundle().getVersion()).isEqualTo(1);
            rig.bundles.publish(rig.ca.bundle(2));
            assertThat(versions.next().getBundle().getVersion()).isEqualTo(2);
            rig.bundles.publish(TestCa.bundle(3, List.of(rig.ca, new TestCa())));
            assertThat(versions.next().getBundle().getX509AuthoritiesCount()).isEqualTo(2);
        }
    }

    /// R9: nothing of an earlier handshake lets a client in again.
    @ParameterizedTest
    @CsvSource({"OPENSSL,tls1_3", "OPENSSL,tls1_2", "JDK,tls1_3", "JDK,tls1_2"})
    void R9_sessionsAreNotResumed(String provider, String version) throws Exception {
        try (WireRig rig =
                WireRig.start(
                        Map.of(
                                "signet.grpc.tls.provider",
                                provider,
                                "signet.grpc.tls.tls12",
                                "true"))) {
            Path session = Files.createTempFile("session", ".pem");
            Files.delete(session);
            openssl(rig, version, "-sess_out", session.toString());
            if (Files.exists(session) && Files.size(session) > 0) {
                assertThat(openssl(rig, version, "-sess_in", session.toString()))
                        .contains("New, TLS")
                        .doesNotContain("Reused, TLS");
                Files.delete(session);
            }
        }
    }

    @Test
    void speaksTls13OnlyUnlessConfigured() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            assertThat(openssl(rig, "tls1_2")).doesNotContain("Cipher is ECDHE");
            assertThat(openssl(rig, "tls1_3"))
                    .contains("New, TLSv1.3")
                    .contains("ALPN protocol: h2");
        }
    }

    private static String openssl(WireRig rig, String version, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + rig.grpcPort(),
                                "-alpn",
                                "h2",
                                "-" + version));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // Session tickets come after the handshake: the server's first frames are waited for.
        AtomicReference<String> output = new AtomicReference<>("");
        Thread reader =
                Thread.ofVirtual()
                        .start(() -> {
                            StringBuilder text = new StringBuilder();
                            try (InputStream in = process.getInputStream()) {
                                for (int c = in.read(); c >= 0; c = in.read()) {
                                    text.append((char) c);
                                    output.set(text.toString());
                                }
                            } catch (java.io.IOException _) {
                                // Its end.
                            }
                        });
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        !process.isAlive()
                                || (output.get().contains("Verify return code")
                                        && output.get().length() > 200));
        process.getOutputStream().close();
        if (!process.waitFor(3, TimeUnit.SECONDS)) {
            process.destroy();
        }
        reader.join();
        return output.get();
    }

    private static boolean closedByServer(Socket socket) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // An alert, before the end.
            }
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (java.io.IOException _) {
            return true;
        }
    }

    private static StatusRuntimeException issue(WireRig rig, ByteString csr) {
        return catchThrowableOfType(
                StatusRuntimeException.class,
                () ->
                        WireRig.with(
                                        CertificateServiceGrpc.newBlockingStub(rig.channel()),
                                        "Bearer a")
                                .withDeadlineAfter(20, TimeUnit.SECONDS)
                                .issueCertificate(
                                        IssueCertificateRequest.newBuilder()
                                                .setCertificateSigningRequest(csr)
                                                .build()));
    }

    private static void assertServes(WireRig rig) {
        assertThat(
                        TrustServiceGrpc.newBlockingStub(rig.channel())
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                                .getBundle()
                                .getVersion())
                .isEqualTo(1);
    }
}
