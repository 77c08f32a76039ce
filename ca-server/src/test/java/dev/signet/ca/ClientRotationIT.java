package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// The client library against this server: two services talk while their certificates of seconds
/// come and go. The services speak gRPC's own health protocol, which has a call and a stream.
class ClientRotationIT {

    private static final HealthCheckRequest HELLO = HealthCheckRequest.getDefaultInstance();
    private static final String ORDERS = "spiffe://signet.test/ns/shop/sa/orders";
    private static final String PAYMENTS = "spiffe://signet.test/ns/shop/sa/payments";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final HealthStatusManager health = new HealthStatusManager();
    private TestDatabase database;
    private ServerRig.Site site;
    private ServerRig rig;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        open.add(database);
        site = new ServerRig.Site();
        open.add(site);
        rig = ServerRig.start(site, database, Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        open.add(2, rig);
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    private WorkloadIdentity identity(String name, Duration lifetime) throws Exception {
        Path token = site.directory.resolve("token-" + name);
        Files.writeString(token, site.serviceAccountToken("shop", name));
        return closing(
                WorkloadIdentity.builder()
                        .caAddress("127.0.0.1:" + rig.server.grpcPort())
                        .firstTrust(FirstTrust.bundle(rig.get("/trust-bundle.pem").body()))
                        .credential(CredentialSource.tokenFile(token))
                        .trustDomain(ServerRig.TRUST_DOMAIN)
                        .lifetime(lifetime)
                        .options(
                                ClientOptions.DEFAULTS
                                        .withFirstCertificateTimeout(Duration.ofSeconds(60))
                                        .withRetries(Duration.ofMillis(200), Duration.ofSeconds(1))
                                        .withRecheck(Duration.ofMillis(500)))
                        .start());
    }

    private Server serve(WorkloadIdentity identity) throws Exception {
        Server server =
                Grpc.newServerBuilderForPort(
                                0, identity.serverCredentials(PeerPredicate.exactly(ORDERS)))
                        .addService(health.getHealthService())
                        .build()
                        .start();
        closing(() -> {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        });
        return server;
    }

    private static ManagedChannel connect(Server server, ChannelCredentials credentials) {
        return Grpc.newChannelBuilderForAddress("localhost", server.getPort(), credentials).build();
    }

    private static void call(ManagedChannel channel) {
        assertThat(
                        HealthGrpc.newBlockingStub(channel)
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .check(HELLO)
                                .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    }

    private static void callOnNewConnection(Server server, ChannelCredentials credentials)
            throws Exception {
        ManagedChannel channel = connect(server, credentials);
        try {
            call(channel);
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /// A stream that stays open; what it hears is counted, its end is an error.
    private static final class OpenStream implements StreamObserver<HealthCheckResponse> {
        final AtomicInteger heard = new AtomicInteger();
        final AtomicReference<Throwable> end = new AtomicReference<>();

        @Override
        public void onNext(HealthCheckResponse response) {
            heard.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            end.set(failure);
        }

        @Override
        public void onCompleted() {
            end.set(new IllegalStateException("ended"));
        }
    }

    @Test
    void noCallFailsWhileCertificatesOfTenSecondsRotate() throws Exception {
        WorkloadIdentity orders = identity("orders", Duration.ofSeconds(10));
        WorkloadIdentity payments = identity("payments", Duration.ofSeconds(10));
        Server server = serve(payments);
        ChannelCredentials credentials = orders.channelCredentials(PeerPredicate.exactly(PAYMENTS));
        ManagedChannel kept = connect(server, credentials);
        closing(kept::shutdownNow);
        OpenStream stream = new OpenStream();
        HealthGrpc.newStub(kept).watch(HELLO, stream);

        Instant late = Instant.now().plusSeconds(120);
        int calls = 0;
        while (orders.status().rotations() < 4 || payments.status().rotations() < 4) {
            assertThat(Instant.now()).as("%s", orders.status()).isBefore(late);
            call(kept);
            callOnNewConnection(server, credentials);
            calls += 2;
            assertThat(stream.end.get()).isNull();
        }
        // The stream of the first certificate still carries.
        int before = stream.heard.get();
        health.setStatus("", HealthCheckResponse.ServingStatus.NOT_SERVING);
        await().atMost(Duration.ofSeconds(10)).until(() -> stream.heard.get() > before);
        assertThat(calls).isGreaterThan(100);
        assertThat(orders.status().failures()).isZero();
        assertThat(payments.status().failures()).isZero();
        assertThat(orders.status().attestations()).isEqualTo(1);
        assertThat(
                        database.jdbcClient()
                                .sql(
                                        "SELECT count(*) FROM ledger.certificate WHERE spiffe_id = :id")
                                .param("id", ORDERS)
                                .query(Long.class)
                                .single())
                .as("every certificate is on record")
                .isEqualTo(orders.status().rotations());
    }

    @Test
    void refusesWhoIsNotPermitted() throws Exception {
        WorkloadIdentity intruder = identity("intruder", Duration.ofMinutes(10));
        Server server = serve(identity("payments", Duration.ofMinutes(10)));
        try {
            callOnNewConnection(
                    server, intruder.channelCredentials(PeerPredicate.exactly(PAYMENTS)));
            throw new AssertionError("let in");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void R9_everyConnectionIsJudgedAnewWithOpensslOnTheClasspath() throws Exception {
        assertThat(io.netty.handler.ssl.OpenSsl.isAvailable()).isTrue();
        WorkloadIdentity orders = identity("orders", Duration.ofMinutes(10));
        Server server = serve(identity("payments", Duration.ofMinutes(10)));
        AtomicInteger judged = new AtomicInteger();
        ManagedChannel channel =
                connect(
                        server,
                        orders.channelCredentials(peer -> {
                            judged.incrementAndGet();
                            return true;
                        }));
        closing(channel::shutdownNow);
        for (int i = 1; i <= 5; i++) {
            call(channel);
            assertThat(judged).hasValue(i);
            channel.enterIdle();
        }
    }

    @Test
    void ridesOutAnOutageOfPostgres() throws Exception {
        WorkloadIdentity orders = identity("orders", Duration.ofSeconds(60));
        String first = orders.current().serialNumber();
        Server server = serve(identity("payments", Duration.ofMinutes(10)));
        ChannelCredentials credentials = orders.channelCredentials(PeerPredicate.exactly(PAYMENTS));

        databaseAccepts(false);
        orders.renewNow();
        await().atMost(Duration.ofSeconds(20)).until(() -> orders.status().failures() > 0);
        callOnNewConnection(server, credentials);
        assertThat(orders.current().serialNumber()).isEqualTo(first);

        databaseAccepts(true);
        await().atMost(Duration.ofSeconds(40))
                .until(() -> !orders.current().serialNumber().equals(first));
        callOnNewConnection(server, credentials);
        assertThat(orders.status().attestations()).isEqualTo(1);
    }

    @Test
    void ridesOutAnOutageOfTheCa() throws Exception {
        WorkloadIdentity orders = identity("orders", Duration.ofSeconds(60));
        String first = orders.current().serialNumber();
        Server server = serve(identity("payments", Duration.ofMinutes(10)));
        ChannelCredentials credentials = orders.channelCredentials(PeerPredicate.exactly(PAYMENTS));

        int port = rig.server.grpcPort();
        rig.close();
        orders.renewNow();
        await().atMost(Duration.ofSeconds(20)).until(() -> orders.status().failures() > 0);
        callOnNewConnection(server, credentials);
        rig = ServerRig.start(site, database, Map.of("signet.grpc.port", String.valueOf(port)));

        await().atMost(Duration.ofSeconds(40))
                .until(() -> !orders.current().serialNumber().equals(first));
        callOnNewConnection(server, credentials);
        await().atMost(Duration.ofSeconds(20)).until(() -> orders.status().trustWatchOpen());
        assertThat(orders.status().attestations()).isEqualTo(1);
    }

    /// To the server, PostgreSQL is gone: its connections are cut and no new one is let in.
    private void databaseAccepts(boolean connections) throws Exception {
        String url = database.url();
        int slash = url.lastIndexOf('/');
        String name = url.substring(slash + 1);
        try (Connection connection =
                        DriverManager.getConnection(
                                url.substring(0, slash) + "/postgres",
                                database.username(),
                                database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS " + connections);
            if (!connections) {
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                                + name
                                + "'");
            }
        }
    }
}
