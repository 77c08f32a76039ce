package dev.signet.client;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import javax.net.ssl.SSLPeerUnverifiedException;

/// gRPC's own negotiation of TLS, with [LivePeers] told of each connection that has come about. The
/// one place where an idle connection's channel can be got hold of.
final class FollowedNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

    private final InternalProtocolNegotiator.ProtocolNegotiator plain;
    private final LiveIdentity identity;
    private final LivePeers peers;

    FollowedNegotiator(
            InternalProtocolNegotiator.ProtocolNegotiator plain,
            LiveIdentity identity,
            LivePeers peers) {
        this.plain = plain;
        this.identity = identity;
        this.peers = peers;
    }

    @Override
    public AsciiString scheme() {
        return plain.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
        return new Follower(plain.newHandler(grpcHandler));
    }

    @Override
    public void close() {
        plain.close();
    }

    /// Stands at the network's end of the pipeline until the first octets arrive: by then the TLS
    /// handler is there.
    private final class Follower extends ChannelInboundHandlerAdapter {

        private final ChannelHandler next;

        Follower(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.pipeline().addAfter(ctx.name(), null, next);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // a failed handshake is gRPC's to report
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            if (tls == null) {
                ctx.close();
                throw new IllegalStateException("a connection without TLS came about");
            }
            tls.handshakeFuture()
                    .addListener(handshake -> {
                        if (handshake.isSuccess()) {
                            follow(ctx.channel(), tls);
                        }
                    });
            ctx.fireChannelRead(message);
            ctx.pipeline().remove(this);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing follows from how a channel was closed
    private void follow(Channel channel, SslHandler tls) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : tls.engine().getSession().getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
            SvidVerifier.Verified verified =
                    SvidVerifier.verified(
                            chain, identity.bundles(), identity.clock().instant(), Set.of());
            Runnable gone = peers.add(() -> abort(channel, tls), verified, chain);
            channel.closeFuture().addListener(closed -> gone.run());
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            // The trust manager let it in a moment ago; trust may have changed since.
            abort(channel, tls);
        }
    }

    /// From the network's side of the pipeline: HTTP/2 would let the calls that are open finish
    /// first, and TLS would say farewell.
    @SuppressWarnings("FutureReturnValueIgnored") // nothing follows from how a channel was closed
    private static void abort(Channel channel, SslHandler tls) {
        ChannelHandlerContext context = channel.pipeline().context(tls);
        if (context == null) {
            channel.close();
        } else {
            context.close();
        }
    }
}
