package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;

import com.google.protobuf.ByteString;

import dev.signet.ca.log.LineBudget;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// PostgreSQL away, and a replica away.
class OutageIT {

    @Test
    void refusesWithinItsDeadlineWhilePostgresIsAwayAndComesBackByItself() throws Exception {
        try (ServerRig.Site site = new ServerRig.Site();
                TestDatabase database = TestDatabase.create();
                Gate gate = new Gate(port(database.url()))) {
            Map<String, String> settings =
                    site.settings(
                            database.url().replaceFirst(":[0-9]+/", ":" + gate.port() + "/"),
                            database.username(),
                            database.password());
            settings.put("signet.ledger.probe-interval", "200ms");
            try (ServerRig rig = new ServerRig(site, settings)) {
                ManagedChannel channel = rig.channel();
                assertThat(issue(rig, channel)).isNotNull();
                gate.cut(true);
                long began = System.nanoTime();
                StatusRuntimeException refused =
                        catchThrowableOfType(
                                StatusRuntimeException.class, () -> issue(rig, channel));
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(ServerRig.reason(refused)).isEqualTo("LEDGER_UNAVAILABLE");
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(Duration.ofSeconds(10));
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> {
                            var ready = rig.get("/readyz");
                            assertThat(ready.statusCode()).isEqualTo(503);
                            assertThat(ready.body()).contains("LEDGER_UNAVAILABLE");
                        });
                assertThat(rig.get("/livez").statusCode()).isEqualTo(200);
                gate.cut(false);
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(
                                () -> assertThat(rig.get("/readyz").statusCode()).isEqualTo(200));
                assertThat(issue(rig, channel)).isNotNull();
            }
        }
    }

    @Test
    void anOutageOfPostgresqlIsALineForEachPartThatMeetsIt() throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Encoder<ILoggingEvent> encoder =
                ((OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr")).getEncoder();
        AppenderBase<ILoggingEvent> appender =
                new AppenderBase<>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        written.writeBytes(encoder.encode(event));
                    }
                };
        appender.setContext(root.getLoggerContext());
        appender.addFilter(new LineBudget());
        appender.start();
        try (ServerRig.Site site = new ServerRig.Site();
                TestDatabase database = TestDatabase.create();
                Gate gate = new Gate(port(database.url()))) {
            Map<String, String> settings =
                    site.settings(
                            database.url().replaceFirst(":[0-9]+/", ":" + gate.port() + "/"),
                            database.username(),
                            database.password());
            settings.put("signet.ledger.probe-interval", "200ms");
            try (ServerRig rig = new ServerRig(site, settings)) {
                ManagedChannel channel = rig.channel();
                root.addAppender(appender);
                gate.cut(true);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> rig.get("/readyz").statusCode() == 503);
                for (int i = 0; i < 200; i++) {
                    assertThat(
                                    catchThrowableOfType(
                                            StatusRuntimeException.class,
                                            () -> issue(rig, channel)))
                            .isNotNull();
                }
                gate.cut(false);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> rig.get("/readyz").statusCode() == 200);
            }
        } finally {
            root.detachAppender(appender);
        }
        List<String> lines =
                written.toString(StandardCharsets.UTF_8)
                        .lines()
                        // Refusals have a limit of their own, by the second.
                        .filter(line -> !line.contains("RefusalLog"))
                        .toList();
        assertThat(lines).isNotEmpty().hasSizeLessThan(60);
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
    }

    @Test
    void R2_oneOfTwoReplicasStopsUnderLoadAndNoAcceptedRequestIsLostNorASerialRepeated()
            throws Exception {
        try (ServerRig.Site site = new ServerRig.Site();
                TestDatabase database = TestDatabase.create();
                ServerRig first = ServerRig.start(site, database, Map.of());
                ServerRig second = ServerRig.start(site, database, Map.of())) {
            assertThat(first.roots()).isEqualTo(second.roots());
            Set<String> serials = java.util.concurrent.ConcurrentHashMap.newKeySet();
            ConcurrentLinkedQueue<String> all = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<Throwable> others = new ConcurrentLinkedQueue<>();
            AtomicBoolean over = new AtomicBoolean();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> loads = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    ManagedChannel own = (i % 2 == 0 ? first : second).channel();
                    ManagedChannel other = second.channel();
                    loads.add(
                            threads.submit(() -> {
                                ManagedChannel now = own;
                                while (!over.get()) {
                                    try {
                                        IssuedCertificate issued = issue(second, now);
                                        serials.add(issued.getSerialNumber());
                                        all.add(issued.getSerialNumber());
                                    } catch (StatusRuntimeException e) {
                                        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
                                            others.add(e);
                                        }
                                        now = other;
                                    }
                                }
                                return null;
                            }));
                }
                await().atMost(Duration.ofSeconds(30)).until(() -> all.size() > 100);
                first.server.close();
                int then = all.size();
                await().atMost(Duration.ofSeconds(30)).until(() -> all.size() > then + 100);
                over.set(true);
                for (Future<?> load : loads) {
                    load.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(others).isEmpty();
            assertThat(serials).hasSize(all.size());
            Set<String> recorded =
                    new HashSet<>(
                            database.ownerJdbcClient()
                                    .sql("SELECT encode(serial, 'hex') FROM ledger.certificate")
                                    .query(String.class)
                                    .list());
            assertThat(recorded).containsAll(serials);
        }
    }

    private static IssuedCertificate issue(ServerRig rig, ManagedChannel channel) throws Exception {
        return ServerRig.with(
                        CertificateServiceGrpc.newBlockingStub(channel),
                        "Bearer " + rig.site.serviceAccountToken("shop", "load"))
                .withDeadlineAfter(15, TimeUnit.SECONDS)
                .issueCertificate(
                        IssueCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                                .build())
                .getCertificate();
    }

    static int port(String url) {
        return Integer.parseInt(url.replaceFirst(".*:([0-9]+)/.*", "$1"));
    }

    /// Passes TCP connections on to PostgreSQL, or cuts them all.
    static final class Gate implements AutoCloseable {
        private final ServerSocket listening =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int target;
        private final Set<Socket> open = java.util.concurrent.ConcurrentHashMap.newKeySet();
        private volatile boolean closed;

        Gate(int target) throws java.io.IOException {
            this.target = target;
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listening.getLocalPort();
        }

        void cut(boolean now) throws java.io.IOException {
            closed = now;
            if (now) {
                for (Socket socket : open) {
                    socket.close();
                }
                open.clear();
            }
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = listening.accept();
                    if (closed) {
                        client.close();
                        continue;
                    }
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    open.add(client);
                    open.add(server);
                    Thread.ofVirtual().start(() -> pass(client, server));
                    Thread.ofVirtual().start(() -> pass(server, client));
                }
            } catch (java.io.IOException _) {
                // Its end.
            }
        }

        private static void pass(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (java.io.IOException _) {
                // Cut.
            }
        }

        @Override
        public void close() throws java.io.IOException {
            listening.close();
            cut(true);
        }
    }
}
