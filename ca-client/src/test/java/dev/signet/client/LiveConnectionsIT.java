package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// Connections that are open when their peer is revoked, or its authority leaves the bundle.
class LiveConnectionsIT {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger terminated = new AtomicInteger();
    private FakeGrpcCa ca;
    private WorkloadIdentity orders;
    private WorkloadIdentity payments;

    @BeforeEach
    void start() {
        ca = closing(new FakeGrpcCa(Duration.ofHours(1)));
        orders = identity("orders");
        payments = identity("payments");
    }

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

    private WorkloadIdentity identity(String name) {
        WorkloadIdentity identity =
                closing(
                        WorkloadIdentity.builder()
                                .caAddress(ca.address())
                                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                                .credential(CredentialSource.joinToken("/ns/shop/sa/" + name))
                                .options(
                                        ClientOptions.DEFAULTS
                                                .withFirstCertificateTimeout(Duration.ofSeconds(20))
                                                .withRetries(
                                                        Duration.ofMillis(100),
                                                        Duration.ofSeconds(1)))
                                .start());
        await().atMost(Duration.ofSeconds(20)).until(() -> identity.status().trustWatchOpen());
        return identity;
    }

    /// Payments' server.
    private Server serve() throws IOException {
        Server server =
                Grpc.newServerBuilderForPort(
                                0, payments.serverCredentials(PeerPredicate.anyTrusted()))
                        .addService(new EchoService())
                        .addTransportFilter(
                                new ServerTransportFilter() {
                                    @Override
                                    public void transportTerminated(Attributes attributes) {
                                        terminated.incrementAndGet();
                                    }
                                })
                        .build()
                        .start();
        closing(() -> {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        });
        return server;
    }

    /// Orders' channel.
    private ManagedChannel connect(Server server) {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress(
                                "localhost",
                                server.getPort(),
                                orders.channelCredentials(PeerPredicate.anyTrusted()))
                        .build();
        closing(() -> {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        });
        assertThat(EchoService.once(channel, "hello")).isEqualTo("hello");
        return channel;
    }

    @Test
    void anIdleGrpcServerClosesTheConnectionOfARevokedClient() throws Exception {
        Server server = serve();
        ManagedChannel channel = connect(server);
        assertThat(payments.status().openConnections()).isEqualTo(1);
        ca.revoke(orders.current().leaf());
        await().atMost(SOON).until(() -> terminated.get() == 1);
        await().atMost(SOON).until(() -> channel.getState(false) != ConnectivityState.READY);
        assertThat(payments.status().closedConnections()).isEqualTo(1);
        assertThat(payments.status().openConnections()).isZero();
        assertThatThrownBy(() -> EchoService.once(channel, "hello"))
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void anIdleGrpcChannelLeavesARevokedServer() throws Exception {
        Server server = serve();
        ManagedChannel channel = connect(server);
        ca.revoke(payments.current().leaf());
        await().atMost(SOON).until(() -> orders.status().closedConnections() == 1);
        await().atMost(SOON).until(() -> channel.getState(false) != ConnectivityState.READY);
        await().atMost(SOON).until(() -> terminated.get() == 1);
        assertThatThrownBy(() -> EchoService.once(channel, "hello"))
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void openStreamsOfARevokedPeerBreakOff() throws Exception {
        ManagedChannel channel = connect(serve());
        CompletableFuture<Void> broken = new CompletableFuture<>();
        StreamObserver<String> stream =
                EchoService.stream(
                        channel,
                        new StreamObserver<>() {
                            @Override
                            public void onNext(String value) {}

                            @Override
                            public void onError(Throwable failure) {
                                broken.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        stream.onNext("a");
        ca.revoke(orders.current().leaf());
        assertThatThrownBy(() -> broken.get(SOON.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
    }

    @Test
    void othersKeepTheirConnections() throws Exception {
        Server server = serve();
        ManagedChannel channel = connect(server);
        ca.revoke(ca.ca.svid("/else", Instant.now(), Duration.ofHours(1)).leaf());
        await().atMost(SOON).until(() -> payments.status().knownRevocations() == 1);
        await().atMost(SOON).until(() -> orders.status().knownRevocations() == 1);
        assertThat(EchoService.once(channel, "hello")).isEqualTo("hello");
        assertThat(terminated).hasValue(0);
        assertThat(payments.status().openConnections()).isEqualTo(1);
    }

    @Test
    void R9_connectionsThatNoAuthorityVouchesForAnyMoreAreClosed() throws Exception {
        ManagedChannel channel = connect(serve());
        ca.publish(TestCa.create("example.org", Instant.now()).bundle(2));
        await().atMost(SOON).until(() -> terminated.get() == 1);
        await().atMost(SOON).until(() -> channel.getState(false) != ConnectivityState.READY);
    }

    @Test
    void R9_aRotationThatStillVouchesForThePeerClosesNothing() throws Exception {
        ManagedChannel channel = connect(serve());
        AtomicReference<Throwable> broken = new AtomicReference<>();
        AtomicInteger heard = new AtomicInteger();
        StreamObserver<String> stream =
                EchoService.stream(
                        channel,
                        new StreamObserver<>() {
                            @Override
                            public void onNext(String value) {
                                heard.incrementAndGet();
                            }

                            @Override
                            public void onError(Throwable failure) {
                                broken.set(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        TestCa next = TestCa.create("example.org", Instant.now());
        ca.publish(
                new TrustBundle(
                        ca.ca.domain(),
                        2,
                        List.of(next.root(), ca.ca.root()),
                        Duration.ofMinutes(5)));
        await().atMost(SOON)
                .until(() ->
                        orders.status().bundleVersion() == 2
                                && payments.status().bundleVersion() == 2);
        orders.renewNow();
        payments.renewNow();
        await().atMost(SOON)
                .until(() ->
                        orders.status().rotations() == 2 && payments.status().rotations() == 2);
        ca.publish(
                new TrustBundle(ca.ca.domain(), 3, List.of(ca.ca.root()), Duration.ofMinutes(5)));
        await().atMost(SOON)
                .until(() ->
                        orders.status().bundleVersion() == 3
                                && payments.status().bundleVersion() == 3);
        stream.onNext("still there");
        await().atMost(SOON).until(() -> heard.get() == 1);
        assertThat(broken.get()).isNull();
        assertThat(terminated).hasValue(0);
        // The old certificates' connection; each client also said so for its new certificate.
        assertThat(ca.acknowledged).contains(1L, 2L, 3L);
    }

    @Test
    void socketsThatWaitForARevokedPeerAreClosed() throws Exception {
        SSLServerSocket listener =
                (SSLServerSocket)
                        payments.sslContext(PeerPredicate.anyTrusted())
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        closing(listener);
        CompletableFuture<Integer> serverRead = new CompletableFuture<>();
        Thread server =
                new Thread(() -> {
                    try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                        accepted.getOutputStream().write('x');
                        accepted.getOutputStream().flush();
                        serverRead.complete(accepted.getInputStream().read());
                    } catch (IOException e) {
                        serverRead.completeExceptionally(e);
                    }
                });
        server.start();
        SSLSocket client =
                (SSLSocket)
                        orders.sslContext(PeerPredicate.anyTrusted())
                                .getSocketFactory()
                                .createSocket(
                                        InetAddress.getLoopbackAddress(), listener.getLocalPort());
        closing(client);
        assertThat(client.getInputStream().read()).isEqualTo('x');
        await().atMost(SOON).until(() -> payments.status().openConnections() == 1);

        ca.revoke(orders.current().leaf());

        // A reset or an end, as TCP has it.
        int atServer =
                serverRead.exceptionally(failure -> -1).get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(atServer).isEqualTo(-1);
        int atClient;
        try {
            atClient = client.getInputStream().read();
        } catch (IOException e) {
            atClient = -1;
        }
        assertThat(atClient).isEqualTo(-1);
        server.join(SOON.toMillis());
    }

    @Test
    void enginesPassNothingOnceThePeerIsRevoked() throws Exception {
        SSLEngine client =
                orders.sslContext(PeerPredicate.anyTrusted()).createSSLEngine("payments", 1);
        client.setUseClientMode(true);
        SSLEngine server = payments.sslContext(PeerPredicate.anyTrusted()).createSSLEngine();
        server.setUseClientMode(false);
        Wire wire = new Wire(client, server);
        wire.say(client, server, "hello");
        wire.say(server, client, "hello");
        assertThat(wire.heard).containsExactly("hello", "hello");

        byte[] onTheWay = wire.sealed(client, "still on its way");
        ca.revoke(orders.current().leaf());
        await().atMost(SOON).until(() -> payments.status().closedConnections() == 1);
        await().atMost(SOON)
                .untilAsserted(() -> {
                    assertThat(wire.takes(server, onTheWay)).isFalse();
                    assertThat(wire.gives(server)).isFalse();
                });
    }

    @Test
    void resumptionDoesNotSlipPastARevocation() throws Exception {
        Server server = serve();
        ManagedChannel channel = connect(server);
        for (int i = 0; i < 3; i++) {
            channel.enterIdle();
            EchoService.once(channel, "again");
        }
        ca.revoke(orders.current().leaf());
        await().atMost(SOON).until(() -> payments.status().knownRevocations() == 1);
        for (int i = 0; i < 3; i++) {
            channel.enterIdle();
            assertThatThrownBy(() -> EchoService.once(channel, "again"))
                    .isInstanceOf(StatusRuntimeException.class);
        }
    }

    @Test
    void aReplicaOfTheCaWithARevokedCertificateIsNotAskedForAnything() {
        X509Svid before = orders.current();
        ca.revoke(ca.serverCertificate);
        await().atMost(SOON).until(() -> orders.status().knownRevocations() == 1);
        orders.renewNow();
        await().atMost(SOON)
                .until(() -> "CA_CERTIFICATE_NOT_TRUSTED".equals(orders.status().lastErrorCode()));
        assertThat(orders.current()).isSameAs(before);
        // It starts again with another one.
        ca.stop();
        ca.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> orders.status().rotations() == 2);
    }

    @Test
    void aClosedConnectionIsNotFollowedAnyMore() throws Exception {
        Server server = serve();
        ManagedChannel channel = connect(server);
        channel.shutdownNow();
        await().atMost(SOON)
                .until(() ->
                        orders.status().openConnections() == 0
                                && payments.status().openConnections() == 0);
        assertThat(payments.status().closedConnections()).isZero();
    }

    /// Two engines face to face.
    private static final class Wire {

        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
        final List<String> heard = new ArrayList<>();

        Wire(SSLEngine one, SSLEngine other) throws SSLException {
            one.beginHandshake();
            other.beginHandshake();
            ByteBuffer toOther = ByteBuffer.allocate(1 << 16);
            ByteBuffer toOne = ByteBuffer.allocate(1 << 16);
            for (int i = 0; i < 100; i++) {
                step(one, toOne, toOther);
                step(other, toOther, toOne);
            }
            assertThat(one.getHandshakeStatus())
                    .isEqualTo(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING);
            assertThat(other.getHandshakeStatus())
                    .isEqualTo(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING);
        }

        private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out)
                throws SSLException {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK:
                    for (Runnable task = engine.getDelegatedTask();
                            task != null;
                            task = engine.getDelegatedTask()) {
                        task.run();
                    }
                    break;
                case NEED_WRAP:
                    engine.wrap(NOTHING.duplicate(), out);
                    break;
                default:
                    in.flip();
                    engine.unwrap(in, ByteBuffer.allocate(1 << 16));
                    in.compact();
                    break;
            }
        }

        byte[] sealed(SSLEngine from, String text) throws SSLException {
            ByteBuffer out = ByteBuffer.allocate(1 << 16);
            from.wrap(ByteBuffer.wrap(text.getBytes()), out);
            out.flip();
            byte[] octets = new byte[out.remaining()];
            out.get(octets);
            return octets;
        }

        void say(SSLEngine from, SSLEngine to, String text) throws SSLException {
            ByteBuffer plain = ByteBuffer.allocate(1 << 16);
            to.unwrap(ByteBuffer.wrap(sealed(from, text)), plain);
            plain.flip();
            heard.add(new String(plain.array(), 0, plain.limit()));
        }

        /// Whether anything comes out of what it is given.
        boolean takes(SSLEngine engine, byte[] octets) {
            try {
                return engine.unwrap(ByteBuffer.wrap(octets), ByteBuffer.allocate(1 << 16))
                                .bytesProduced()
                        > 0;
            } catch (SSLException e) {
                return false;
            }
        }

        /// Whether it seals anything more.
        boolean gives(SSLEngine engine) {
            try {
                return engine.wrap(ByteBuffer.wrap(new byte[] {1}), ByteBuffer.allocate(1 << 16))
                                .bytesConsumed()
                        > 0;
            } catch (SSLException e) {
                return false;
            }
        }
    }
}
