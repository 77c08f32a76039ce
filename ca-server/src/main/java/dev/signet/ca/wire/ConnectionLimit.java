package dev.signet.ca.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import java.util.concurrent.atomic.AtomicInteger;

/// Closes accepted TCP connections beyond a number, before anything is read from them. Sits in the
/// pipeline of the listening channel. Thread-safe.
@ChannelHandler.Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int most) {
        this.most = most;
    }

    int open() {
        return open.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Channel child) {
            if (open.incrementAndGet() > most) {
                open.decrementAndGet();
                child.unsafe().closeForcibly();
                return;
            }
            child.closeFuture().addListener(_ -> open.decrementAndGet());
        }
        context.fireChannelRead(message);
    }
}
