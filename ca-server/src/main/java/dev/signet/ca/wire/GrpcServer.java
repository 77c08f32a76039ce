package dev.signet.ca.wire;

import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.trust.TrustBundles;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ServerChannel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The gRPC port: starts last, stops first and gracefully (docs/operating.md, "Stop"). Thread-safe.
final class GrpcServer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

    private static final int MAX_MESSAGE_OCTETS = 64 * 1024;
    private static final int MAX_METADATA_OCTETS = 16 * 1024;
    private static final int MAX_RESETS = 1000;
    private static final int RESET_WINDOW_SECONDS = 10;
    private static final Duration CERTIFICATE_PATIENCE = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(10);

    /// How long a client may take to hear that it should go elsewhere.
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final Duration LAST_OCTETS = Duration.ofSeconds(1);

    private final GrpcSettings settings;
    private final StopSettings stopSettings;
    private final GrpcParts parts;
    private @Nullable Transport transport;
    private @Nullable Server server;
    private volatile boolean running;
    private volatile int port;

    /// What the port is made of.
    record GrpcParts(
            List<ServerServiceDefinition> services,
            AccessInterceptor access,
            MeterRegistry registry,
            LiveKeyManager keys,
            LiveTrustManager trust,
            TrustBundles bundles,
            ServerIdentity identity,
            Issuance issuance,
            GrpcTrustService trustService,
            CallsInFlight inFlight,
            Readiness readiness,
            GrpcHealth health) {}

    GrpcServer(GrpcSettings settings, StopSettings stopSettings, GrpcParts parts) {
        this.settings = settings;
        this.stopSettings = stopSettings;
        this.parts = parts;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public synchronized void start() {
        parts.bundles().watch(parts.trust()::trust);
        try {
            parts.identity().start(CERTIFICATE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
        Transport loops = new Transport("signet", settings.eventLoops());
        transport = loops;
        try {
            Server started = builder(loops).build().start();
            server = started;
            port = started.getPort();
        } catch (IOException e) {
            loops.close();
            throw new IllegalStateException(
                    "signet.grpc.port: cannot listen on port "
                            + settings.port()
                            + ": "
                            + e.getMessage(),
                    e);
        }
        running = true;
        parts.readiness().serve();
        parts.health().start();
        LOG.info("gRPC on port {} ({})", port(), loops.name());
    }

    private NettyServerBuilder builder(Transport loops) {
        GrpcSettings.Limits limits = settings.limits();
        GrpcSettings.Keepalive keepalive = settings.keepalive();
        InetSocketAddress address =
                settings.address().isEmpty()
                        ? new InetSocketAddress(settings.port())
                        : new InetSocketAddress(settings.address(), settings.port());
        ConnectionPlaces places =
                new ConnectionPlaces(
                        new ConnectionPlaces.Limits(
                                limits.connections(),
                                limits.connectionsPerAddress(),
                                limits.handshakes()));
        ConnectionLimit connectionLimit = new ConnectionLimit(places);
        UnfinishedRequests unfinished = new UnfinishedRequests();
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(address)
                        .channelFactory(() -> listening(loops, connectionLimit, unfinished))
                        .bossEventLoopGroup(loops.acceptor())
                        .workerEventLoopGroup(loops.workers())
                        // Nothing on a handler's path blocks: the crypto is done where the octets
                        // came in.
                        .directExecutor()
                        .sslContext(ServerTls.context(settings.tls(), parts.keys(), parts.trust()))
                        .handshakeTimeout(
                                settings.tls().handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .maxInboundMessageSize(MAX_MESSAGE_OCTETS)
                        .maxInboundMetadataSize(MAX_METADATA_OCTETS)
                        .maxConcurrentCallsPerConnection(limits.callsPerConnection())
                        .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                        .permitKeepAliveTime(
                                keepalive.permittedInterval().toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(keepalive.interval().toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(keepalive.timeout().toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionIdle(
                                limits.connectionIdle().toMillis(), TimeUnit.MILLISECONDS)
                        .addTransportFilter(Connection.filter())
                        .addStreamTracerFactory(new CallMetrics(parts.registry(), parts.services()))
                        .intercept(parts.access());
        Duration age = limits.connectionAge();
        if (age != null) {
            builder.maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS);
        }
        parts.services().forEach(builder::addService);
        parts.registry().gauge("signet.grpc.connections", places, ConnectionPlaces::open);
        parts.registry().gauge("signet.grpc.handshakes", places, ConnectionPlaces::newcomers);
        FunctionCounter.builder("signet.grpc.connections.closed", places, ConnectionPlaces::evicted)
                .description("Connections closed because their places were needed")
                .register(parts.registry());
        parts.registry()
                .gauge("signet.grpc.streams", parts.access(), AccessInterceptor::openStreams);
        return builder;
    }

    private static ServerChannel listening(
            Transport loops, ConnectionLimit limit, UnfinishedRequests unfinished) {
        ServerChannel channel = loops.newServerChannel();
        channel.pipeline().addLast(limit).addLast(HandshakeWatch.installer(unfinished));
        return channel;
    }

    /// Every service on the port, the standard ones included.
    List<ServerServiceDefinition> services() {
        return parts.services();
    }

    /// Unary calls accepted and not answered.
    int callsInFlight() {
        return parts.inFlight().count();
    }

    /// The port as bound.
    int port() {
        int bound = port;
        if (bound == 0) {
            throw new IllegalStateException("the gRPC server has not started");
        }
        return bound;
    }

    @Override
    public synchronized void stop() {
        Server started = server;
        if (!running || started == null) {
            return;
        }
        parts.readiness().drain();
        parts.health().drain();
        try {
            TimeUnit.NANOSECONDS.sleep(stopSettings.drainTime().toNanos());
            // Clients are told to go elsewhere; what they had sent before they heard it is still
            // served, so that nobody whose client heeds it is refused.
            started.shutdown();
            parts.trustService().stop();
            long told = System.nanoTime();
            boolean answered =
                    await(
                            () ->
                                    started.isTerminated()
                                            || (System.nanoTime() - told >= GOODBYE.toNanos()
                                                    && parts.inFlight().count() == 0),
                            stopSettings.timeout());
            parts.issuance().refuseNew();
            if (!answered) {
                LOG.warn("stopping with {} calls unanswered", parts.inFlight().count());
            }
            if (!started.awaitTermination(LAST_OCTETS.toMillis(), TimeUnit.MILLISECONDS)) {
                started.shutdownNow();
                started.awaitTermination(LAST_OCTETS.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            started.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            running = false;
            parts.identity().close();
            Transport loops = transport;
            if (loops != null) {
                loops.close();
            }
        }
        LOG.info("gRPC stopped");
    }

    private static boolean await(BooleanSupplier condition, Duration longest)
            throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return true;
    }
}
