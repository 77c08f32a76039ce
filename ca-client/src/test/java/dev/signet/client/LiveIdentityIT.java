package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

class LiveIdentityIT {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final String ORDERS = "spiffe://example.org/ns/shop/sa/orders";
    private static final String PAYMENTS = "spiffe://example.org/ns/shop/sa/payments";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    private FakeGrpcCa ca(Duration lifetime) {
        return closing(new FakeGrpcCa(lifetime));
    }

    private static WorkloadIdentityBuilder describe(FakeGrpcCa ca, String path) {
        return WorkloadIdentity.builder()
                .caAddress(ca.address())
                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                .credential(CredentialSource.joinToken(path))
                .options(
                        ClientOptions.DEFAULTS
                                .withFirstCertificateTimeout(Duration.ofSeconds(20))
                                .withRetries(Duration.ofMillis(100), Duration.ofSeconds(1))
                                .withRecheck(Duration.ofMillis(500)));
    }

    private WorkloadIdentity identity(FakeGrpcCa ca, String name) {
        return closing(describe(ca, "/ns/shop/sa/" + name).start());
    }

    private Server serve(WorkloadIdentity identity, PeerPredicate accepted) throws IOException {
        Server server =
                Grpc.newServerBuilderForPort(0, identity.serverCredentials(accepted))
                        .addService(new EchoService())
                        .build()
                        .start();
        closing(() -> {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        });
        return server;
    }

    private ManagedChannel connect(Server server, ChannelCredentials credentials) {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress("localhost", server.getPort(), credentials)
                        .build();
        closing(() -> {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        });
        return channel;
    }

    private static String callOnce(Server server, ChannelCredentials credentials)
            throws InterruptedException {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress("localhost", server.getPort(), credentials)
                        .build();
        try {
            return EchoService.once(channel, "hello");
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void callsGoOnWhileBothEndsRotate() throws Exception {
        FakeGrpcCa ca = ca(Duration.ofSeconds(5));
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        Server server = serve(payments, PeerPredicate.exactly(ORDERS));
        ChannelCredentials credentials = orders.channelCredentials(PeerPredicate.exactly(PAYMENTS));
        ManagedChannel kept = connect(server, credentials);

        AtomicReference<Throwable> broken = new AtomicReference<>();
        AtomicInteger heard = new AtomicInteger();
        StreamObserver<String> stream =
                EchoService.stream(
                        kept,
                        new StreamObserver<>() {
                            @Override
                            public void onNext(String text) {
                                heard.incrementAndGet();
                            }

                            @Override
                            public void onError(Throwable failure) {
                                broken.set(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        int said = 0;
        int calls = 0;
        Instant late = Instant.now().plusSeconds(90);
        while (orders.status().rotations() < 4 || payments.status().rotations() < 4) {
            assertThat(Instant.now()).isBefore(late);
            assertThat(EchoService.once(kept, "kept")).isEqualTo("kept");
            assertThat(callOnce(server, credentials)).isEqualTo("hello");
            stream.onNext("again");
            said++;
            calls += 2;
            assertThat(broken.get()).isNull();
        }
        stream.onCompleted();
        int expected = said;
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(heard.get()).isEqualTo(expected));
        assertThat(calls).isGreaterThan(20);
        assertThat(orders.status().failures()).isZero();
        assertThat(payments.status().attestations()).isEqualTo(1);
    }

    @Test
    void newConnectionsShowTheNewCertificate() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        SSLServerSocket listener =
                (SSLServerSocket)
                        payments.sslContext(PeerPredicate.anyTrusted())
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        closing(listener);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger judged = new AtomicInteger();
        javax.net.ssl.SSLContext context =
                orders.sslContext(peer -> {
                    judged.incrementAndGet();
                    return true;
                });
        for (int i = 0; i < 3; i++) {
            seen.add(serialShown(listener, context));
            seen.add(serialShown(listener, context));
            String before = payments.current().serialNumber();
            payments.renewNow();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !payments.current().serialNumber().equals(before));
        }
        assertThat(seen).hasSize(3);
        assertThat(judged).hasValue(6);
    }

    private static String serialShown(SSLServerSocket listener, javax.net.ssl.SSLContext context)
            throws Exception {
        Thread server =
                new Thread(() -> {
                    try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                        OutputStream out = accepted.getOutputStream();
                        out.write("x".getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        accepted.getInputStream().read();
                    } catch (IOException e) {
                        // The client's side of the test says what went wrong.
                    }
                });
        server.start();
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(
                                        InetAddress.getLoopbackAddress(),
                                        listener.getLocalPort())) {
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('x');
            java.security.cert.X509Certificate leaf =
                    (java.security.cert.X509Certificate)
                            socket.getSession().getPeerCertificates()[0];
            return HexFormat.of().formatHex(leaf.getSerialNumber().toByteArray());
        } finally {
            server.join(10_000);
        }
    }

    @Test
    void R9_everyConnectionIsJudgedAnewOnBothSides() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        AtomicInteger byServer = new AtomicInteger();
        AtomicInteger byClient = new AtomicInteger();
        Server server =
                serve(
                        payments,
                        peer -> {
                            byServer.incrementAndGet();
                            return true;
                        });
        ChannelCredentials credentials =
                orders.channelCredentials(peer -> {
                    byClient.incrementAndGet();
                    return true;
                });
        // One channel, and so one TLS context, connects again and again.
        ManagedChannel channel = connect(server, credentials);
        for (int i = 1; i <= 10; i++) {
            EchoService.once(channel, "hello");
            assertThat(byServer).hasValue(i);
            assertThat(byClient).hasValue(i);
            channel.enterIdle();
            // Done later where another thread is at work on the channel.
            await().until(() -> channel.getState(false) == ConnectivityState.IDLE);
        }
    }

    @Test
    void whoIsNotAcceptedIsRefused() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        WorkloadIdentity intruder = identity(ca, "intruder");
        Server server = serve(payments, PeerPredicate.exactly(ORDERS));
        PeerPredicate any = PeerPredicate.anyTrusted();

        assertThat(callOnce(server, orders.channelCredentials(any))).isEqualTo("hello");
        refused(server, intruder.channelCredentials(any));
        refused(server, orders.channelCredentials(PeerPredicate.exactly(ORDERS)));
        // No certificate at all.
        refused(
                server,
                TlsChannelCredentials.newBuilder().trustManager(orders.trustManager(any)).build());
        // A certificate with the right name that another CA signed.
        KeyPair keys = TestCa.keys();
        TestCa forger = TestCa.create("example.org", Instant.now());
        X509Svid forged =
                new X509Svid(
                        SpiffeId.parse(ORDERS),
                        keys.getPrivate(),
                        forger.leaf("/ns/shop/sa/orders")
                                .validity(Instant.now().minusSeconds(9), HOUR)
                                .chain(keys.getPublic()));
        refused(
                server,
                TlsChannelCredentials.newBuilder()
                        .keyManager(
                                new SvidKeyManager(
                                        LiveIdentity.of(forged, java.time.InstantSource.system())))
                        .trustManager(orders.trustManager(any))
                        .build());
    }

    private static void refused(Server server, ChannelCredentials credentials) {
        assertThatThrownBy(() -> callOnce(server, credentials))
                .isInstanceOf(StatusRuntimeException.class)
                .satisfies(failure ->
                        assertThat(Status.fromThrowable(failure).getCode())
                                .isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void trustThatIsWithdrawnIsGoneForTheNextHandshake() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        Server server = serve(payments, PeerPredicate.anyTrusted());
        ChannelCredentials credentials = orders.channelCredentials(PeerPredicate.anyTrusted());
        callOnce(server, credentials);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> payments.status().trustWatchOpen() && ca.openWatches() >= 2);

        ca.publish(TestCa.create("example.org", Instant.now()).bundle(2));

        await().atMost(Duration.ofSeconds(20)).until(() -> payments.status().bundleVersion() == 2);
        refused(server, credentials);
    }

    @Test
    void httpClientAndServerTakeTheContext() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        WorkloadIdentity orders = identity(ca, "orders");
        WorkloadIdentity payments = identity(ca, "payments");
        com.sun.net.httpserver.HttpsServer server =
                com.sun.net.httpserver.HttpsServer.create(
                        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new com.sun.net.httpserver.HttpsConfigurator(
                        payments.sslContext(PeerPredicate.exactly(ORDERS))) {
                    @Override
                    public void configure(com.sun.net.httpserver.HttpsParameters parameters) {
                        parameters.setSSLParameters(getSSLContext().getDefaultSSLParameters());
                    }
                });
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        closing(() -> server.stop(0));
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("https://localhost:" + server.getAddress().getPort()))
                        .build();

        HttpClient accepted =
                HttpClient.newBuilder()
                        .sslContext(orders.sslContext(PeerPredicate.exactly(PAYMENTS)))
                        .build();
        assertThat(accepted.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(204);

        HttpClient picky =
                HttpClient.newBuilder()
                        .sslContext(orders.sslContext(PeerPredicate.exactly(ORDERS)))
                        .build();
        assertThatThrownBy(() -> picky.send(request, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("peer " + PAYMENTS + " is not accepted here");

        WorkloadIdentity intruder = identity(ca, "intruder");
        HttpClient refused =
                HttpClient.newBuilder()
                        .sslContext(intruder.sslContext(PeerPredicate.anyTrusted()))
                        .build();
        assertThatThrownBy(() -> refused.send(request, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void enrolsWithAPinAndNothingElse() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        String pin =
                HexFormat.ofDelimiter(":")
                        .withUpperCase()
                        .formatHex(
                                java.security.MessageDigest.getInstance("SHA-256")
                                        .digest(ca.ca.root().getEncoded()));
        WorkloadIdentity identity =
                closing(describe(ca, "/orders").firstTrust(FirstTrust.pinnedRoot(pin)).start());
        assertThat(identity.current().spiffeId()).hasToString("spiffe://example.org/orders");
    }

    @Test
    void believesNobodyElseThanThePinnedCa() {
        FakeGrpcCa ca = ca(HOUR);
        assertThatThrownBy(() ->
                        new CaClient(
                                        List.of(CaAddress.parse(ca.address())),
                                        FirstTrust.pinnedRoot("00".repeat(32)),
                                        ClientOptions.DEFAULTS)
                                .issue(
                                        CredentialSource.joinToken("/orders"),
                                        IssueRequest.DEFAULTS))
                .isInstanceOfSatisfying(
                        UntrustedCaException.class,
                        e -> assertThat(e.code()).isEqualTo("PIN_NOT_MATCHED"));
        assertThat(ca.requestIds).isEmpty();
    }

    @Test
    void sendsNoTokenToAServerOfAnotherCaOrAnotherName() {
        FakeGrpcCa ca = ca(HOUR);
        FakeGrpcCa other = ca(HOUR);
        FakeGrpcCa misnamed = closing(new FakeGrpcCa(HOUR, "192.0.2.1"));
        for (CaClient client :
                List.of(
                        new CaClient(
                                List.of(CaAddress.parse(other.address())),
                                FirstTrust.bundle(ca.ca.bundle(1).pem()),
                                ClientOptions.DEFAULTS),
                        new CaClient(
                                List.of(CaAddress.parse(misnamed.address())),
                                FirstTrust.bundle(misnamed.ca.bundle(1).pem()),
                                ClientOptions.DEFAULTS))) {
            assertThatThrownBy(() ->
                            client.issue(
                                    CredentialSource.joinToken("/orders"), IssueRequest.DEFAULTS))
                    .isInstanceOfSatisfying(
                            UntrustedCaException.class,
                            e -> assertThat(e.code()).isEqualTo("CA_CERTIFICATE_NOT_TRUSTED"));
        }
        assertThat(other.requestIds).isEmpty();
        assertThat(misnamed.requestIds).isEmpty();
    }

    @Test
    void issuesOnceForEveryKindOfKey() {
        FakeGrpcCa ca = ca(HOUR);
        CaClient client =
                new CaClient(
                        List.of(CaAddress.parse(ca.address())),
                        FirstTrust.bundle(ca.ca.bundle(1).pem()),
                        ClientOptions.DEFAULTS);
        for (KeyType type : KeyType.values()) {
            IssuedIdentity issued =
                    client.issue(
                            CredentialSource.joinToken("/orders"),
                            new IssueRequest(type, null, null));
            assertThat(Pem.certificates(issued.svid().chainPem())).isEqualTo(issued.svid().chain());
            assertThat(Pem.privateKey(issued.svid().privateKeyPem()))
                    .isEqualTo(issued.svid().privateKey());
        }
    }

    @Test
    void asksAnotherReplicaWhereOneIsAway() throws Exception {
        FakeGrpcCa ca = ca(HOUR);
        FakeGrpcCa gone = new FakeGrpcCa(HOUR);
        gone.close();
        WorkloadIdentity identity =
                closing(
                        WorkloadIdentity.builder()
                                .caAddress(gone.address())
                                .caAddress(ca.address())
                                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                                .credential(CredentialSource.joinToken("/orders"))
                                .start());
        assertThat(identity.status().failures()).isZero();
    }

    @Test
    void ridesOutAnOutageOfTheCa() {
        FakeGrpcCa ca = ca(Duration.ofSeconds(15));
        WorkloadIdentity identity = identity(ca, "orders");
        await().atMost(Duration.ofSeconds(20)).until(() -> identity.status().trustWatchOpen());
        String first = identity.current().serialNumber();
        ca.stop();
        await().atMost(Duration.ofSeconds(20)).until(() -> identity.status().failures() > 0);
        assertThat(identity.current().serialNumber()).isEqualTo(first);
        ca.start();
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        identity.status().trustWatchOpen()
                                && !identity.current().serialNumber().equals(first));
        assertThat(identity.status().attestations()).isEqualTo(1);
    }

    @Test
    void R20_saysWhatTheCaSaidAndNeverTheToken() {
        FakeGrpcCa ca = ca(HOUR);
        assertThatThrownBy(() -> describe(ca, "canary-token").start())
                .isInstanceOfSatisfying(
                        IdentityUnavailableException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo("UNAUTHENTICATED");
                            assertThat(e).hasMessageNotContaining("canary");
                            assertThat(e.getCause())
                                    .isInstanceOf(RequestRefusedException.class)
                                    .hasMessageNotContaining("canary");
                        });
        assertThat(CredentialSource.joinToken("canary-token").toString()).doesNotContain("canary");
    }

    @Test
    void saysThatAServerWithoutTlsIsNoCa() throws Exception {
        Server plaintext = FakeGrpcCa.plaintext();
        closing(plaintext::shutdownNow);
        FakeGrpcCa ca = ca(HOUR);
        assertThatThrownBy(() ->
                        new CaClient(
                                        List.of(new CaAddress("127.0.0.1", plaintext.getPort())),
                                        FirstTrust.bundle(ca.ca.bundle(1).pem()),
                                        ClientOptions.DEFAULTS)
                                .trustBundle())
                .isInstanceOf(CaUnavailableException.class)
                .hasMessageContaining("127.0.0.1");
    }
}
