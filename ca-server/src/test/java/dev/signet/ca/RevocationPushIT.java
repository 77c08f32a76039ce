package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationCause;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationLoss;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IdentityListener;
import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;
import dev.signet.client.X509Svid;

import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// From a revocation on one replica to a client of another: the whole way, on real PostgreSQL.
class RevocationPushIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final HealthCheckRequest HELLO = HealthCheckRequest.getDefaultInstance();

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<X509Svid> toldRevoked = new CopyOnWriteArrayList<>();
    private TestDatabase database;
    private ServerRig.Site site;
    private OutageIT.Gate gate;
    private ServerRig here;
    private ServerRig there;

    @BeforeEach
    void start() throws Exception {
        database = closing(TestDatabase.create());
        site = closing(new ServerRig.Site());
        gate = closing(new OutageIT.Gate(OutageIT.port(database.url())));
        Map<String, String> settings =
                site.settings(
                        database.url().replaceFirst(":[0-9]+/", ":" + gate.port() + "/"),
                        database.username(),
                        database.password());
        settings.put("signet.grpc.keepalive.revocation-heartbeat", "200ms");
        here = closing(new ServerRig(site, settings));
        there = closing(ServerRig.start(site, database, Map.of()));
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    /// Of the replica `here`.
    private WorkloadIdentity identity(String name) throws Exception {
        Path token = site.directory.resolve("token-" + name);
        Files.writeString(token, site.serviceAccountToken("shop", name));
        WorkloadIdentity identity =
                closing(
                        WorkloadIdentity.builder()
                                .caAddress("127.0.0.1:" + here.server.grpcPort())
                                .firstTrust(FirstTrust.bundle(here.get("/trust-bundle.pem").body()))
                                .credential(CredentialSource.tokenFile(token))
                                .options(
                                        ClientOptions.DEFAULTS
                                                .withFirstCertificateTimeout(Duration.ofSeconds(60))
                                                .withRetries(
                                                        Duration.ofMillis(200),
                                                        Duration.ofSeconds(1)))
                                .listener(
                                        new IdentityListener() {
                                            @Override
                                            public void onRevoked(X509Svid revoked) {
                                                toldRevoked.add(revoked);
                                            }
                                        })
                                .start());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> identity.status().revocationAge() != null);
        return identity;
    }

    private Server serve(WorkloadIdentity identity) throws Exception {
        Server server =
                Grpc.newServerBuilderForPort(
                                0, identity.serverCredentials(PeerPredicate.anyTrusted()))
                        .addService(new HealthStatusManager().getHealthService())
                        .build()
                        .start();
        closing(() -> {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        });
        return server;
    }

    private ManagedChannel connect(Server server, WorkloadIdentity identity) {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress(
                                "127.0.0.1",
                                server.getPort(),
                                identity.channelCredentials(PeerPredicate.anyTrusted()))
                        .build();
        closing(() -> {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        });
        HealthGrpc.newBlockingStub(channel).check(HELLO);
        return channel;
    }

    private static void revoke(ServerRig replica, X509Svid svid) {
        assertThat(
                        replica.server
                                .part(Revocations.class)
                                .revoke(
                                        SerialNumber.fromHex(svid.serialNumber()).orElseThrow(),
                                        new RevocationCause(
                                                RevocationReason.KEY_COMPROMISE, "stolen", ANNA)))
                .isInstanceOf(Revocations.Outcome.Revoked.class);
    }

    @Test
    void R9_aRevocationOnOneReplicaEndsIdleConnectionsOfClientsOfAnother() throws Exception {
        WorkloadIdentity orders = identity("orders");
        WorkloadIdentity payments = identity("payments");
        ManagedChannel channel = connect(serve(payments), orders);
        X509Svid stolen = orders.current();

        revoke(there, stolen);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> payments.status().closedConnections() == 1);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> channel.getState(false) != ConnectivityState.READY);
        // The holder is told, and comes back with a certificate of its own: by its credential.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> orders.status().attestations() == 2 && orders.status().usable());
        assertThat(toldRevoked).containsExactly(stolen);
        assertThat(orders.current().serialNumber()).isNotEqualTo(stolen.serialNumber());
        HealthGrpc.newBlockingStub(channel).withWaitForReady().check(HELLO);
    }

    @Test
    void whileTheServerCannotLookItsClientsKnowledgeAges() throws Exception {
        WorkloadIdentity orders = identity("orders");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> orders.status().revocationAge().compareTo(Duration.ofSeconds(2)) < 0);
        gate.cut(true);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> orders.status().revocationAge().compareTo(Duration.ofSeconds(4)) > 0);
        assertThat(orders.status().trustWatchOpen()).isTrue();
        gate.cut(false);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> orders.status().revocationAge().compareTo(Duration.ofSeconds(2)) < 0);
    }

    /// A client comes back with a sequence that PostgreSQL does not have any more.
    @Test
    void aDatabaseThatWasPutBackIsNoticedByWhatClientsBring() throws Exception {
        WorkloadIdentity orders = identity("orders");
        WorkloadIdentity payments = identity("payments");
        X509Svid early = payments.current();
        revoke(here, early);
        await().atMost(Duration.ofSeconds(20)).until(() -> payments.status().attestations() == 2);
        revoke(there, orders.current());
        await().atMost(Duration.ofSeconds(5))
                .until(() -> payments.status().knownRevocations() == 2);
        long before = here.server.part(RevocationFeed.class).knowledge().sequence();
        database.ownerJdbcClient()
                .sql(
                        "DELETE FROM revocation.revocation WHERE sequence ="
                                + " (SELECT max(sequence) FROM revocation.revocation)")
                .update();
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        here.server.part(RevocationFeed.class).knowledge().sequence() < before);
        // Their next certificate, and so their next watch.
        payments.renewNow();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> here.server.part(RevocationLoss.class).suspicion().isPresent());
        assertThat(payments.status().knownRevocations()).isEqualTo(2);
    }
}
