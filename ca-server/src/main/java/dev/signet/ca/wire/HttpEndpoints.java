package dev.signet.ca.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The plain HTTP port: trust bundle, liveness, readiness, metrics, and what other parts register;
/// only facts that anybody may know, no credential is read. Starts before gRPC and stops after it,
/// so that probes see both. Thread-safe.
///
/// It has an event loop of its own, on which probes are answered: they need no place, no other
/// thread, and get a connection whatever others hold ([ConnectionPlaces]).
final class HttpEndpoints implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoints.class);

    private static final int BACKLOG = 1024;
    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;

    private final HttpSettings settings;
    private final HttpAnswers answers;
    private final InstantSource clock;
    private final Semaphore places;
    private @Nullable Transport transport;
    private @Nullable Channel channel;
    private @Nullable ExecutorService executor;
    private volatile boolean running;
    private volatile int port;

    HttpEndpoints(
            HttpSettings settings,
            ServerDocuments own,
            List<HttpDocuments> parts,
            InstantSource clock) {
        this.clock = clock;
        this.settings = settings;
        this.answers = new HttpAnswers(own, parts);
        this.places = new Semaphore(settings.maxRequests());
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public synchronized void start() {
        InetSocketAddress address =
                settings.address().isEmpty()
                        ? new InetSocketAddress(settings.port())
                        : new InetSocketAddress(settings.address(), settings.port());
        Transport loops = new Transport("signet-http", 1);
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("signet-http-", 0).factory());
        // A busy connection has one of the places of requests, so there is always one that yields.
        int connections = Math.max(settings.connections(), settings.maxRequests() + 1);
        ConnectionLimit limit =
                new ConnectionLimit(
                        new ConnectionPlaces(
                                new ConnectionPlaces.Limits(
                                        connections, connections, connections)));
        var bound =
                new ServerBootstrap()
                        .group(loops.acceptor(), loops.workers())
                        .channelFactory(() -> {
                            var listening = loops.newServerChannel();
                            listening.pipeline().addLast(limit);
                            return listening;
                        })
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        pipeline(child.pipeline(), threads);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.close();
            throw new IllegalStateException(
                    "signet.http.port: cannot listen on port "
                            + settings.port()
                            + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        channel = bound.channel();
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        transport = loops;
        executor = threads;
        running = true;
        LOG.info("HTTP on port {}", port());
    }

    private void pipeline(ChannelPipeline pipeline, ExecutorService threads) {
        pipeline.addLast(
                new HttpServerCodec(
                        new HttpDecoderConfig()
                                .setMaxInitialLineLength(MAX_LINE_BYTES)
                                .setMaxHeaderSize(MAX_HEADER_BYTES)));
        pipeline.addLast(new Bodies(answers.maxBody()));
        pipeline.addLast(
                new HttpConnection(answers, places, threads, settings.requestTimeout(), clock));
    }

    /// The port as bound.
    int port() {
        int bound = port;
        if (bound == 0) {
            throw new IllegalStateException("the HTTP server has not started");
        }
        return bound;
    }

    @Override
    public synchronized void stop() {
        Transport loops = transport;
        Channel bound = channel;
        ExecutorService threads = executor;
        if (running && bound != null && loops != null && threads != null) {
            bound.close().awaitUninterruptibly();
            loops.close();
            threads.shutdownNow();
            running = false;
        }
    }

    /// Collects a request's body; a longer one is refused unread, and its connection closed.
    private static final class Bodies extends HttpObjectAggregator {
        Bodies(int max) {
            super(max, true);
        }

        @Override
        protected void handleOversizedMessage(
                ChannelHandlerContext context, HttpMessage oversized) {
            var document = HttpAnswers.tooLarge().document();
            var response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                            io.netty.buffer.Unpooled.wrappedBuffer(document.body()));
            response.headers()
                    .set("Content-Type", document.type())
                    .set("Content-Length", document.body().length)
                    .set("Connection", "close");
            context.writeAndFlush(response)
                    .addListener(io.netty.channel.ChannelFutureListener.CLOSE);
        }
    }
}
