package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What callers may not do with HTTP/2, and what they may.
class Http2LimitsIT {

    private static final String ISSUE = "signet.v1.CertificateService/IssueCertificate";
    private static final int ENHANCE_YOUR_CALM = 0xb;
    private static final int REFUSED = 0x7;

    private enum Flood {
        SETTINGS,
        PRIORITY,
        EMPTY_DATA,
        UNKNOWN;

        void send(RawHttp2 client) throws IOException {
            switch (this) {
                case SETTINGS -> client.send(RawHttp2.SETTINGS, 0, 0, new byte[0]);
                case PRIORITY -> client.send(RawHttp2.PRIORITY, 0, 3, new byte[5]);
                case EMPTY_DATA -> client.send(RawHttp2.DATA, 0, 1, new byte[0]);
                case UNKNOWN -> client.send(0x77, 0, 0, new byte[3]);
            }
        }
    }

    /// What comes until the server has ended the connection.
    private static List<RawHttp2.Frame> all(RawHttp2 client) {
        List<RawHttp2.Frame> frames = new ArrayList<>();
        try {
            while (true) {
                frames.add(client.read());
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still open, after " + frames, e);
        } catch (IOException _) {
            return frames;
        }
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void aFloodOfFramesThatBelongToNoCallEndsTheConnection(Flood flood) throws Exception {
        try (WireRig rig = WireRig.start(Map.of());
                RawHttp2 client = new RawHttp2(rig.grpcPort())) {
            rig.issuance.forWorkloads = (_, _, _) -> {};
            client.call(1, ISSUE, "Bearer a");
            client.flush();
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 20_000; i++) {
                                        flood.send(client);
                                    }
                                    client.flush();
                                } catch (IOException _) {
                                    // As it should be.
                                }
                            });
            List<RawHttp2.Frame> frames = all(client);
            writer.join();
            assertThat(frames)
                    .filteredOn(frame -> frame.type() == RawHttp2.GOAWAY)
                    .extracting(RawHttp2.Frame::errorCode)
                    .contains((long) ENHANCE_YOUR_CALM);
            assertThat(version(rig)).isEqualTo(1);
        }
    }

    /// Begins a call and sends all of its message but the end.
    private static void beginRequest(RawHttp2 client, int stream) throws IOException {
        int length = 60_100;
        client.call(stream, ISSUE, "Bearer a");
        byte[] first = new byte[16_000];
        ByteBuffer.wrap(first).put((byte) 0).putInt(length);
        client.send(RawHttp2.DATA, 0, stream, first);
        for (int sent = first.length - 5; sent + 16_000 < length; sent += 16_000) {
            client.send(RawHttp2.DATA, 0, stream, new byte[16_000]);
        }
        client.flush();
    }

    private static Thread beginRequests(RawHttp2 client, int count) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        for (int i = 0; i < count; i++) {
                            beginRequest(client, 2 * i + 1);
                        }
                    } catch (IOException _) {
                        // The connection was ended.
                    }
                });
    }

    private static long version(WireRig rig) {
        return TrustServiceGrpc.newBlockingStub(rig.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                .getBundle()
                .getVersion();
    }

    @Test
    void aConnectionWithTooMuchOfUnfinishedRequestsIsEnded() throws Exception {
        try (WireRig rig = WireRig.start(Map.of());
                RawHttp2 client = new RawHttp2(rig.grpcPort())) {
            Thread writer = beginRequests(client, 250);
            List<RawHttp2.Frame> frames = all(client);
            writer.join();
            assertThat(frames)
                    .filteredOn(frame -> frame.type() == RawHttp2.GOAWAY)
                    .extracting(RawHttp2.Frame::errorCode)
                    .contains((long) ENHANCE_YOUR_CALM);
            assertThat(version(rig)).isEqualTo(1);
        }
    }

    @Test
    void manyConnectionsWithUnfinishedRequestsLoseTheLargest() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            List<RawHttp2> clients = new ArrayList<>();
            List<Thread> readers = new ArrayList<>();
            AtomicInteger ended = new AtomicInteger();
            try {
                // 55 requests of 50 KB a connection: each stays below its own limit.
                for (int i = 0; i < 20; i++) {
                    RawHttp2 client = new RawHttp2(rig.grpcPort());
                    clients.add(client);
                    readers.add(
                            Thread.ofVirtual()
                                    .start(() -> {
                                        if (all(client).stream()
                                                .anyMatch(f -> f.type() == RawHttp2.GOAWAY)) {
                                            ended.incrementAndGet();
                                        }
                                    }));
                    beginRequests(client, 55).join();
                }
                await().atMost(30, TimeUnit.SECONDS).until(() -> ended.get() > 0);
                assertThat(version(rig)).isEqualTo(1);
            } finally {
                for (RawHttp2 client : clients) {
                    client.close();
                }
                for (Thread reader : readers) {
                    reader.join();
                }
            }
        }
    }

    @Test
    void aBurstBeyondTheLimitHasItsSurplusRefusedAndTheRestAnswered() throws Exception {
        int calls = 400;
        int limit = 256;
        ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
        try (WireRig rig = WireRig.start(Map.of());
                RawHttp2 client = new RawHttp2(rig.grpcPort())) {
            rig.issuance.forWorkloads =
                    (_, answer, _) ->
                            answers.add(() ->
                                    answer.accept(
                                            new dev.signet.ca.issuance.IssuanceOutcome.Refused(
                                                    Refusal.of(RefusalCode.NOT_PERMITTED, "no"))));
            for (int i = 0; i < calls; i++) {
                client.call(2 * i + 1, ISSUE, "Bearer a");
                client.emptyMessage(2 * i + 1);
            }
            client.flush();
            List<Integer> refused = new ArrayList<>();
            while (refused.size() < calls - limit) {
                RawHttp2.Frame frame = client.read();
                assertThat(frame.type()).isNotEqualTo(RawHttp2.GOAWAY);
                if (frame.type() == RawHttp2.RST_STREAM) {
                    assertThat(frame.errorCode()).isEqualTo(REFUSED);
                    refused.add(frame.stream());
                }
            }
            await().atMost(20, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(answers).hasSize(limit));
            answers.forEach(Runnable::run);
            int answered = 0;
            while (answered < limit) {
                RawHttp2.Frame frame = client.read();
                assertThat(frame.type()).isNotIn(RawHttp2.GOAWAY, RawHttp2.RST_STREAM);
                if (frame.type() == RawHttp2.HEADERS
                        && (frame.flags() & RawHttp2.END_STREAM) != 0) {
                    assertThat(refused).doesNotContain(frame.stream());
                    answered++;
                }
            }
            // The connection goes on: also for frames of what was refused, and new calls.
            client.send(RawHttp2.RST_STREAM, 0, refused.getLast(), new byte[] {0, 0, 0, 8});
            client.call(2 * calls + 1, "signet.v1.TrustService/GetTrustBundle", "");
            client.emptyMessage(2 * calls + 1);
            client.flush();
            RawHttp2.Frame frame = client.read();
            while (frame.type() != RawHttp2.HEADERS) {
                assertThat(frame.type()).isNotEqualTo(RawHttp2.GOAWAY);
                frame = client.read();
            }
            assertThat(frame.stream()).isEqualTo(2 * calls + 1);
        }
    }

    /// Each of these made grpc-java write a stack trace.
    @Test
    void oddFramesOfACallerAreNotInTheLog() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        try (WireRig rig = WireRig.start(Map.of())) {
            rig.issuance.forWorkloads =
                    FakeIssuance.refusing(Refusal.of(RefusalCode.NOT_PERMITTED, "no"));
            // As CaServer does: gRPC logs to java.util.logging.
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
            log.start();
            root.addAppender(log);
            try (RawHttp2 client = new RawHttp2(rig.grpcPort())) {
                for (int stream = 1; stream < 200; stream += 4) {
                    client.call(stream, ISSUE, "Bearer a");
                    client.emptyMessage(stream);
                    client.send(RawHttp2.DATA, 0, stream, new byte[3]);
                    client.call(stream + 2, ISSUE, "Bearer a");
                    client.send(
                            RawHttp2.DATA,
                            0,
                            stream + 2,
                            new byte[] {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
                }
                client.call(401, "signet.v1.TrustService/GetTrustBundle", "");
                client.emptyMessage(401);
                client.flush();
                try {
                    while (true) {
                        RawHttp2.Frame frame = client.read();
                        if (frame.stream() == 401 || frame.type() == RawHttp2.GOAWAY) {
                            break;
                        }
                    }
                } catch (IOException _) {
                    // Or it was ended.
                }
            }
            assertThat(log.list.stream().filter(e -> e.getThrowableProxy() != null)).isEmpty();
        } finally {
            SLF4JBridgeHandler.uninstall();
            root.detachAppender(log);
        }
    }
}
