package dev.signet.ca.wire;

import dev.signet.ca.wire.ConnectionPlaces.Place;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;

import java.net.InetSocketAddress;

/// Gives accepted TCP connections their places, or closes them before anything is read from them.
/// Sits in the pipeline of the listening channel. Thread-safe.
@ChannelHandler.Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    /// The connection's place, of each channel that was let in.
    static final AttributeKey<Place> PLACE = AttributeKey.valueOf("signet-place");

    private final ConnectionPlaces places;

    ConnectionLimit(ConnectionPlaces places) {
        this.places = places;
    }

    private static void end(Channel child) {
        var _ = child.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Channel child) {
            Place place =
                    child.remoteAddress() instanceof InetSocketAddress peer
                            ? places.enter(peer.getAddress(), () -> end(child))
                            // It has gone already.
                            : null;
            if (place == null) {
                child.unsafe().closeForcibly();
                return;
            }
            child.attr(PLACE).set(place);
            child.closeFuture().addListener(_ -> place.leave());
        }
        context.fireChannelRead(message);
    }
}
