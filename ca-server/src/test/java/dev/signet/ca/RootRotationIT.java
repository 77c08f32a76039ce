package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AuthorityActs;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rotation.ActivationGate;
import dev.signet.ca.trust.Acknowledgements;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.WorkloadIdentity;
import dev.signet.proto.v1.IssueCertificateRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A change of the root under load: clients of the JDK, openssl processes and the client library
/// handshake all the time with a service whose certificate is renewed; one of each of the first two
/// reloads its trust bundle late.
class RootRotationIT {

    private static final Actor ALICE = new Actor("oidc", "alice", null);
    private static final char[] NO_SECRET = "changeit".toCharArray();

    private final ServerRig.Site site = site();
    private final TestDatabase database = TestDatabase.create();
    private final ServerRig rig =
            ServerRig.start(site, database, Map.of("signet.rotation.automatic", "false"));
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Service service = new Service();
    private final List<WorkloadIdentity> opened = new ArrayList<>();

    @TempDir private Path directory;

    private static ServerRig.Site site() {
        try {
            return new ServerRig.Site();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        service.stopped.set(true);
        executor.shutdownNow();
        opened.forEach(WorkloadIdentity::close);
        rig.close();
        database.close();
        site.close();
    }

    private record Held(KeyPair keys, List<X509Certificate> chain) {}

    private Held issued(String name) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        String id = "spiffe://" + ServerRig.TRUST_DOMAIN + "/" + name;
        var stub = ServerRig.with(rig.certificates(), "Join " + rig.joinToken(id));
        return new Held(
                keys,
                ServerRig.chain(
                        stub.issueCertificate(
                                        IssueCertificateRequest.newBuilder()
                                                .setCertificateSigningRequest(
                                                        ByteString.copyFrom(ServerRig.csr(keys)))
                                                .build())
                                .getCertificate()));
    }

    /// Answers each connection with one octet, with the certificate that it holds at that moment.
    private final class Service {
        final AtomicReference<SSLContext> credentials = new AtomicReference<>();
        final AtomicBoolean stopped = new AtomicBoolean();
        final AtomicInteger port = new AtomicInteger();

        void renew() throws Exception {
            Held held = issued("service");
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    "k",
                    held.keys().getPrivate(),
                    NO_SECRET,
                    held.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(keys, NO_SECRET);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            credentials.set(context);
        }

        /// One listener for each certificate, so that no session of an earlier one is resumed.
        void serve() throws Exception {
            SSLServerSocket listener =
                    (SSLServerSocket)
                            credentials.get().getServerSocketFactory().createServerSocket(0, 50);
            port.set(listener.getLocalPort());
            executor.submit(() -> {
                while (!stopped.get()) {
                    try (SSLSocket socket = (SSLSocket) listener.accept()) {
                        socket.setSoTimeout(5_000);
                        socket.getOutputStream().write(1);
                    } catch (IOException _) {
                        // The client says what went wrong.
                    }
                }
                listener.close();
                return null;
            });
        }
    }

    /// A client that reloads its bundle when it is told to, and says so with its certificate.
    private final class Reloading {
        final HandshakingClient client;
        final Held held;

        Reloading(HandshakingClient client) throws Exception {
            this.client = client;
            this.held = issued(client.name);
            reload();
        }

        void reload() throws Exception {
            long version = part(TrustBundles.class).current().version();
            client.trust(rig.roots());
            acknowledge(held, client.name, version);
        }
    }

    /// All that handshake with the service.
    private final class Fleet {
        final Reloading early = new Reloading(new HandshakingClient.Jsse("early"));
        final Reloading late = new Reloading(new HandshakingClient.Jsse("late"));
        final Reloading opensslEarly =
                new Reloading(new HandshakingClient.Openssl("openssl-early", directory));
        final Reloading opensslLate =
                new Reloading(new HandshakingClient.Openssl("openssl-late", directory));
        final List<HandshakingClient> clients;

        Fleet() throws Exception {
            clients =
                    List.of(
                            early.client,
                            late.client,
                            opensslEarly.client,
                            opensslLate.client,
                            new HandshakingClient.OfLibrary("library", library()));
            for (HandshakingClient client : clients) {
                executor.submit(() -> {
                    while (!service.stopped.get()) {
                        client.handshake(service.port.get());
                    }
                    return null;
                });
            }
            awaitHandshakes(clients, 5);
        }

        void reloadEarly() throws Exception {
            early.reload();
            opensslEarly.reload();
            // The service verifies nobody here, but it holds a certificate and has to say so, too.
            sayForService();
        }

        void reloadLate() throws Exception {
            late.reload();
            opensslLate.reload();
        }
    }

    private WorkloadIdentity library() throws Exception {
        Path token = directory.resolve("library.token");
        Files.writeString(token, site.serviceAccountToken("shop", "library"));
        WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .caAddress("127.0.0.1:" + rig.server.grpcPort())
                        .firstTrust(FirstTrust.bundle(rig.get("/trust-bundle.pem").body()))
                        .credential(CredentialSource.tokenFile(token))
                        .trustDomain(ServerRig.TRUST_DOMAIN)
                        .options(
                                ClientOptions.DEFAULTS
                                        .withFirstCertificateTimeout(Duration.ofSeconds(60))
                                        .withRetries(Duration.ofMillis(200), Duration.ofSeconds(1)))
                        .start();
        opened.add(identity);
        return identity;
    }

    private void acknowledge(Held held, String name, long version) {
        X509Certificate leaf = held.chain().getFirst();
        part(Acknowledgements.class)
                .acknowledge(
                        SpiffeId.parse("spiffe://" + ServerRig.TRUST_DOMAIN + "/" + name)
                                .orElseThrow(),
                        SerialNumber.fromOctets(leaf.getSerialNumber().toByteArray()).orElseThrow(),
                        leaf.getNotAfter().toInstant(),
                        version);
    }

    private <T> T part(Class<T> type) {
        return rig.server.part(type);
    }

    private static Changes done(ActOutcome<Changes> outcome) {
        return switch (outcome) {
            case ActOutcome.Done<Changes>(Changes changes) -> changes;
            case ActOutcome.Pending<Changes> pending -> throw new AssertionError(pending);
            case ActOutcome.Refused<Changes>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    private void awaitHandshakes(List<HandshakingClient> clients, int more) {
        Map<HandshakingClient, Integer> until = new HashMap<>();
        clients.forEach(
                client -> until.put(client, client.succeeded.get() + client.failed.get() + more));
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        until.entrySet().stream()
                                .allMatch(entry ->
                                        entry.getKey().succeeded.get() + entry.getKey().failed.get()
                                                >= entry.getValue()));
    }

    private String preparedRoot(boolean crossSigned) {
        long version = part(TrustBundles.class).current().version();
        String issuing =
                done(part(AuthorityActs.class).prepareRoot(ALICE, crossSigned, null, "root change"))
                        .changed()
                        .get(1)
                        .id();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> part(TrustBundles.class).current().version() > version);
        return issuing;
    }

    private Fleet fleet() throws Exception {
        service.renew();
        service.serve();
        return new Fleet();
    }

    private void awaitPendingClients(String issuing) {
        ActivationGate gate = part(ActivationGate.class);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(gate.readiness(issuing, 10).orElseThrow().pendingClients())
                                .extracting(ActivationGate.PendingClient::spiffeId)
                                .containsExactlyInAnyOrder(
                                        "spiffe://" + ServerRig.TRUST_DOMAIN + "/late",
                                        "spiffe://" + ServerRig.TRUST_DOMAIN + "/openssl-late"));
    }

    @Test
    void R9_aGatedChangeOfTheRootFailsNoHandshake() throws Exception {
        Fleet fleet = fleet();
        AuthorityActs acts = part(AuthorityActs.class);
        String issuing = preparedRoot(false);
        fleet.reloadEarly();
        awaitPendingClients(issuing);
        assertThat(acts.activate(ALICE, issuing, false, null, "too early"))
                .isInstanceOfSatisfying(
                        ActOutcome.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code())
                                        .isEqualTo(RefusalCode.ACTIVATION_NOT_ACKNOWLEDGED));
        awaitHandshakes(fleet.clients, 5);

        fleet.reloadLate();
        ActivationGate gate = part(ActivationGate.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gate.readiness(issuing, 10).orElseThrow().ready());
        done(acts.activate(ALICE, issuing, false, null, "all know"));
        service.renew();
        service.serve();
        awaitHandshakes(fleet.clients, 20);

        assertThat(fleet.clients)
                .allSatisfy(client -> {
                    assertThat(client.failed).as(client.name).hasValue(0);
                    assertThat(client.succeeded.get()).as(client.name).isGreaterThan(25);
                });
    }

    private void sayForService() {
        long version = part(TrustBundles.class).current().version();
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO trust.acknowledgement (serial, version, spiffe_id, not_after)
                        SELECT c.serial, :version, c.spiffe_id, c.not_after
                        FROM ledger.certificate c WHERE c.spiffe_id = :id
                        """)
                .param("version", version)
                .param("id", "spiffe://" + ServerRig.TRUST_DOMAIN + "/service")
                .update();
    }

    @Test
    void withTheGateOverriddenExactlyTheNamedPendingClientsFail() throws Exception {
        Fleet fleet = fleet();
        String issuing = preparedRoot(false);
        fleet.reloadEarly();
        awaitPendingClients(issuing);
        done(part(AuthorityActs.class).activate(ALICE, issuing, true, null, "cannot wait"));
        service.renew();
        service.serve();
        awaitHandshakes(fleet.clients, 20);
        assertThat(
                        fleet.clients.stream()
                                .filter(client -> client.failed.get() > 0)
                                .map(client -> client.name))
                .containsExactlyInAnyOrder("late", "openssl-late");

        fleet.reloadLate();
        List<HandshakingClient> late = List.of(fleet.late.client, fleet.opensslLate.client);
        List<Integer> failed = late.stream().map(client -> client.failed.get()).toList();
        awaitHandshakes(late, 5);
        for (int i = 0; i < late.size(); i++) {
            // One may have been under way when its bundle changed.
            assertThat(late.get(i).failed.get() - failed.get(i)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aCrossSignedRootFailsNobodyEvenWithTheGateOverridden() throws Exception {
        Fleet fleet = fleet();
        String issuing = preparedRoot(true);
        done(part(AuthorityActs.class).activate(ALICE, issuing, true, null, "cannot wait"));
        service.renew();
        service.serve();
        awaitHandshakes(fleet.clients, 20);
        assertThat(fleet.clients)
                .allSatisfy(client -> assertThat(client.failed).as(client.name).hasValue(0));
    }
}
