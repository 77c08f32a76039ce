package dev.signet.benchmarks;

import io.grpc.netty.GrpcSslContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The generator's connections, spread over few event loops.
final class Connections implements AutoCloseable {

    private final List<EventLoopGroup> loops = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Open> all = new ArrayList<>();

    private Connections() {}

    /// @param count of connections
    /// @param eventLoops threads that make all calls
    /// @param sources gives each event loop its own
    static Connections open(
            Endpoint endpoint,
            int count,
            int eventLoops,
            int oneReadIn,
            Supplier<CallSource> sources)
            throws IOException, CertificateException {
        SslContext trust = trust(endpoint);
        Connections connections = new Connections();
        List<CallSource> sourceOfLoop = new ArrayList<>();
        for (int i = 0; i < Math.min(eventLoops, count); i++) {
            connections.loops.add(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()));
            connections.tallies.add(new Tally());
            sourceOfLoop.add(sources.get());
        }
        for (int i = 0; i < count; i++) {
            int loop = i % connections.loops.size();
            EventLoopGroup group = connections.loops.get(loop);
            connections.all.add(
                    new Open(
                            new Connection(endpoint, trust, group.next(), oneReadIn),
                            sourceOfLoop.get(loop),
                            connections.tallies.get(loop)));
        }
        return connections;
    }

    /// Waits until every connection has done its TLS handshake.
    ///
    /// @return false when some are not there in time
    boolean awaitReady(Duration patience) throws InterruptedException {
        CountDownLatch notReady = new CountDownLatch(all.size());
        for (Open open : all) {
            Connection connection = open.connection();
            connection.loop().execute(() -> connection.connect(notReady::countDown, () -> {}));
        }
        return notReady.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    List<Open> all() {
        return all;
    }

    List<Tally> tallies() {
        return tallies;
    }

    @Override
    public void close() {
        all.forEach(open -> open.connection().close());
        for (EventLoopGroup loop : loops) {
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static SslContext trust(Endpoint endpoint) throws IOException, CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> roots = new ArrayList<>();
        for (byte[] der : endpoint.bundle()) {
            roots.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
        }
        return GrpcSslContexts.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(roots)
                .build();
    }

    /// A connection, what its calls are made from, and where they are counted.
    record Open(Connection connection, CallSource source, Tally tally) {}
}
