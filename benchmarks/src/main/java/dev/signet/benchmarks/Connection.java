package dev.signet.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

import org.jspecify.annotations.Nullable;

import javax.net.ssl.SSLParameters;

/// One keep-alive TLS connection, made again when it is lost. Calls are made and answered on its
/// event loop.
final class Connection {

    private static final int CONNECT_TIMEOUT_MILLISECONDS = 5_000;

    private final Endpoint endpoint;
    private final SslContext trust;
    private final EventLoop loop;
    private final int oneReadIn;
    private @Nullable Channel channel;
    private @Nullable Http2Session session;
    private boolean closed;

    /// @param oneReadIn of so many answers one is read
    Connection(Endpoint endpoint, SslContext trust, EventLoop loop, int oneReadIn) {
        this.endpoint = endpoint;
        this.trust = trust;
        this.loop = loop;
        this.oneReadIn = oneReadIn;
    }

    EventLoop loop() {
        return loop;
    }

    /// Connects; `ready` is called when calls can be made, `failed` when they cannot.
    void connect(Runnable ready, Runnable failed) {
        Http2Session fresh = new Http2Session(authority(), oneReadIn, ready);
        ChannelFuture connecting =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLISECONDS)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel opened) {
                                        opened.pipeline().addLast(tls(opened), fresh);
                                    }
                                })
                        .connect(endpoint.host(), endpoint.port());
        session = fresh;
        channel = connecting.channel();
        var _ =
                connecting.addListener(outcome -> {
                    if (!outcome.isSuccess()) {
                        channel = null;
                        failed.run();
                    } else if (closed) {
                        var _ = connecting.channel().close();
                    }
                });
    }

    /// Sends one call; where the connection is lost it is made again first. On the event loop.
    void issue(Call call) {
        Channel open = channel;
        if (open != null && open.isActive() && session != null) {
            ChannelHandlerContext context = open.pipeline().context(session);
            if (context != null) {
                session.send(context, call);
                return;
            }
        }
        connect(() -> issue(call), () -> call.failed("not connected"));
    }

    void close() {
        loop.execute(() -> {
            closed = true;
            if (channel != null) {
                var _ = channel.close();
            }
        });
    }

    private SslHandler tls(Channel opened) {
        SslHandler handler = trust.newHandler(opened.alloc(), endpoint.host(), endpoint.port());
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    private String authority() {
        return endpoint.host() + ":" + endpoint.port();
    }
}
