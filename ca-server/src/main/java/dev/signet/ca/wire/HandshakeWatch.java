package dev.signet.ca.wire;

import dev.signet.ca.wire.ConnectionPlaces.Place;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;

/// Waits for the end of a connection's TLS handshake, which makes its place its own and begins
/// HTTP/2, which [Http2Guard] watches. At the head of the pipeline until the first bytes come.
final class HandshakeWatch extends ChannelInboundHandlerAdapter {

    private final UnfinishedRequests unfinished;

    private HandshakeWatch(UnfinishedRequests unfinished) {
        this.unfinished = unfinished;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            Place place = context.channel().attr(ConnectionLimit.PLACE).get();
            tls.handshakeFuture()
                    .addListener(done -> {
                        if (done.isSuccess()) {
                            place.busy();
                            context.pipeline()
                                    .addAfter(
                                            context.pipeline().context(tls).name(),
                                            null,
                                            new Http2Guard(System::nanoTime, unfinished));
                        }
                    });
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }

    /// In the pipeline of the listening channel, after [ConnectionLimit].
    static ChannelHandler installer(UnfinishedRequests unfinished) {
        return new Installer(unfinished);
    }

    @ChannelHandler.Sharable
    private static final class Installer extends ChannelInboundHandlerAdapter {

        private final UnfinishedRequests unfinished;

        Installer(UnfinishedRequests unfinished) {
            this.unfinished = unfinished;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel child) {
                child.pipeline().addFirst(new HandshakeWatch(unfinished));
            }
            context.fireChannelRead(message);
        }
    }
}
