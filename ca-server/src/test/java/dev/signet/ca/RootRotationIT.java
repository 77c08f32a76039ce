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
import dev.signet.proto.v1.IssueCertificateRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
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
import javax.net.ssl.TrustManagerFactory;

/// A change of the root under load: plain JSSE clients handshake all the time with a service whose
/// certificate is renewed, and one of them reloads its trust bundle late.
class RootRotationIT {

    private static final Actor ALICE = new Actor("oidc", "alice", null);
    private static final char[] NO_SECRET = "changeit".toCharArray();

    private final ServerRig.Site site = site();
    private final TestDatabase database = TestDatabase.create();
    private final ServerRig rig =
            ServerRig.start(site, database, Map.of("signet.rotation.automatic", "false"));
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Service service = new Service();

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

    /// A client that verifies with the bundle that it read last.
    private final class Client {
        final String name;
        final Held held;
        final AtomicInteger succeeded = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        volatile SSLContext trust;

        Client(String name) throws Exception {
            this.name = name;
            this.held = issued(name);
            reload();
            executor.submit(() -> {
                while (!service.stopped.get()) {
                    handshake();
                }
            });
        }

        void handshake() {
            try (SSLSocket socket =
                    (SSLSocket)
                            trust.getSocketFactory()
                                    .createSocket("127.0.0.1", service.port.get())) {
                socket.setSoTimeout(5_000);
                socket.startHandshake();
                assertThat(socket.getInputStream().read()).isEqualTo(1);
                socket.getSession().invalidate();
                succeeded.incrementAndGet();
            } catch (IOException _) {
                failed.incrementAndGet();
            }
        }

        void reload() throws Exception {
            long version = part(TrustBundles.class).current().version();
            KeyStore roots = KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            int number = 0;
            for (X509Certificate root : rig.roots()) {
                roots.setCertificateEntry("r" + number++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            trust = context;
            acknowledge(held, name, version);
        }
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

    private void awaitHandshakes(List<Client> clients, int more) {
        Map<Client, Integer> until = new HashMap<>();
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

    private List<Client> clients() throws Exception {
        service.renew();
        service.serve();
        List<Client> clients = new ArrayList<>();
        for (String name : List.of("early", "middle", "late")) {
            clients.add(new Client(name));
        }
        awaitHandshakes(clients, 5);
        return clients;
    }

    @Test
    void R9_aGatedChangeOfTheRootFailsNoHandshake() throws Exception {
        List<Client> clients = clients();
        AuthorityActs acts = part(AuthorityActs.class);
        String issuing = preparedRoot(false);
        clients.get(0).reload();
        clients.get(1).reload();
        // The service verifies nobody here, but it holds a certificate and has to say so, too.
        sayForService();
        ActivationGate gate = part(ActivationGate.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gate.readiness(issuing, 10).orElseThrow().acknowledged() == 3);
        assertThat(gate.readiness(issuing, 10).orElseThrow().stragglers())
                .extracting(ActivationGate.Straggler::spiffeId)
                .containsExactly("spiffe://" + ServerRig.TRUST_DOMAIN + "/late");
        assertThat(acts.activate(ALICE, issuing, false, null, "too early"))
                .isInstanceOfSatisfying(
                        ActOutcome.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code())
                                        .isEqualTo(RefusalCode.ACTIVATION_NOT_ACKNOWLEDGED));
        awaitHandshakes(clients, 5);

        clients.get(2).reload();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gate.readiness(issuing, 10).orElseThrow().ready());
        done(acts.activate(ALICE, issuing, false, null, "all know"));
        service.renew();
        service.serve();
        awaitHandshakes(clients, 20);

        assertThat(clients)
                .allSatisfy(client -> {
                    assertThat(client.failed).hasValue(0);
                    assertThat(client.succeeded.get()).isGreaterThan(25);
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
    void withTheGateOverriddenExactlyTheNamedStragglersFail() throws Exception {
        List<Client> clients = clients();
        String issuing = preparedRoot(false);
        clients.get(0).reload();
        clients.get(1).reload();
        sayForService();
        ActivationGate gate = part(ActivationGate.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gate.readiness(issuing, 10).orElseThrow().acknowledged() == 3);
        List<String> named =
                gate.readiness(issuing, 10).orElseThrow().stragglers().stream()
                        .map(straggler ->
                                straggler
                                        .spiffeId()
                                        .substring(straggler.spiffeId().lastIndexOf('/') + 1))
                        .toList();
        done(part(AuthorityActs.class).activate(ALICE, issuing, true, null, "cannot wait"));
        service.renew();
        service.serve();
        awaitHandshakes(clients, 20);
        assertThat(
                        clients.stream()
                                .filter(client -> client.failed.get() > 0)
                                .map(client -> client.name)
                                .toList())
                .isEqualTo(named)
                .containsExactly("late");
        clients.get(2).reload();
        int failed = clients.get(2).failed.get();
        awaitHandshakes(clients, 5);
        assertThat(clients.get(2).failed.get() - failed).isLessThanOrEqualTo(1);
    }

    @Test
    void aCrossSignedRootFailsNobodyEvenWithTheGateOverridden() throws Exception {
        List<Client> clients = clients();
        String issuing = preparedRoot(true);
        done(part(AuthorityActs.class).activate(ALICE, issuing, true, null, "cannot wait"));
        service.renew();
        service.serve();
        awaitHandshakes(clients, 20);
        assertThat(clients).allSatisfy(client -> assertThat(client.failed).hasValue(0));
    }
}
