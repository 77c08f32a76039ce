package dev.signet.ca.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Reads the heads of a connection's HTTP/2 frames on their way from TLS to gRPC, without copying
/// them. Ends a connection that floods: frames that cost the peer nothing and belong to no call are
/// counted against a budget that grows with its calls. And keeps a stream that was refused for want
/// of a place from ending the whole connection: Netty takes the frames that follow such a stream
/// for a protocol error, while their sender could not know yet (RFC 9113 5.1). And counts what the
/// connection holds of requests that have not ended ([UnfinishedRequests]). Confined to the
/// connection's event loop.
///
/// @rfc 9113
final class Http2Guard extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Guard.class);

    static final int WINDOW_SECONDS = 10;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

    /// Free in a window, in cost, and more for each frame that belongs to a call.
    static final int BUDGET = 16_000;

    private static final int PER_CALL_FRAME = 64;

    /// Of a frame that does nothing. Frames that open windows come with every large answer.
    private static final int COST = 16;

    private static final int WINDOW_UPDATE_COST = 1;

    /// Of an unfinished request beside its bytes: the call, its headers once decoded, its timer.
    static final int REQUEST_COST = 4 * 1024;

    /// Of a frame of its message beside its bytes: a message may come in frames of one byte.
    static final int FRAME_COST = 256;

    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final int PREFACE_BYTES = 24;
    private static final int HEAD_BYTES = 9;
    private static final int END_STREAM = 0x1;

    private static final int DATA = 0x0;
    private static final int HEADERS = 0x1;
    private static final int RST_STREAM = 0x3;
    private static final int GOAWAY = 0x7;
    private static final int WINDOW_UPDATE = 0x8;
    private static final int CONTINUATION = 0x9;

    private final LongSupplier nanoTime;
    private final UnfinishedRequests unfinished;
    private UnfinishedRequests.@Nullable Share share;

    /// What each stream holds that has not ended.
    private final Map<Integer, Integer> held = new HashMap<>();

    private final byte[] head = new byte[HEAD_BYTES];
    private int headBytes;

    /// Of what is not a head: the preface, then each frame's payload.
    private int remaining = PREFACE_BYTES;

    /// The frame that `remaining` belongs to goes no further.
    private boolean dropping;

    private int newestStream;

    /// Streams, at most, that the connection behind may not have seen yet.
    private int pendingHeaders;

    private long windowBegin;
    private long spent;
    private long earned;
    private boolean ended;
    private @Nullable Http2Connection connection;

    /// Up to where the frames before the current one were passed on early; 0: they were not.
    private int passedTo;

    Http2Guard(LongSupplier nanoTime, UnfinishedRequests unfinished) {
        this.nanoTime = nanoTime;
        this.unfinished = unfinished;
        this.windowBegin = nanoTime.getAsLong();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        share =
                unfinished.join(
                        context.channel().remoteAddress() instanceof InetSocketAddress peer
                                ? peer.getAddress()
                                : null,
                        () -> context.executor().execute(() -> endForMemory(context)));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (share != null) {
            share.leave();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (share != null) {
            share.leave();
        }
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (ended || !(message instanceof ByteBuf in)) {
            if (ended) {
                ReferenceCountUtil.release(message);
            } else {
                context.fireChannelRead(message);
            }
            return;
        }
        // A frame of which a part has come may be the HEADERS of a stream.
        pendingHeaders = remaining > 0 ? 1 : 0;
        try {
            read(context, in);
        } catch (RuntimeException | Error e) {
            in.release();
            throw e;
        }
    }

    /// Takes the reference of `in`.
    private void read(ChannelHandlerContext context, ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        // What is before this has been passed on, or dropped.
        int from = at;
        while (at < end) {
            if (remaining > 0) {
                int part = Math.min(remaining, end - at);
                at += part;
                remaining -= part;
                if (dropping) {
                    from = at;
                    dropping = remaining > 0;
                }
                continue;
            }
            int frame = at;
            boolean split = headBytes > 0 || end - at < HEAD_BYTES;
            if (split) {
                pass(context, in, from, at);
                int part = Math.min(HEAD_BYTES - headBytes, end - at);
                in.getBytes(at, head, headBytes, part);
                headBytes += part;
                at += part;
                from = at;
                if (headBytes < HEAD_BYTES) {
                    break;
                }
                headBytes = 0;
            } else {
                in.getBytes(at, head);
                at += HEAD_BYTES;
            }
            remaining = length();
            if (!account()) {
                pass(context, in, from, frame);
                in.release();
                endForFlood(context);
                return;
            }
            if (!hold(context)) {
                pass(context, in, from, frame);
                in.release();
                endForMemory(context);
                return;
            }
            if (isOfRefusedStream(context, in, from, split ? from : frame)) {
                if (!split && passedTo == 0) {
                    pass(context, in, from, frame);
                }
                from = at;
                dropping = remaining > 0;
                giveBack(context);
            } else if (split) {
                context.fireChannelRead(Unpooled.copiedBuffer(head));
            } else if (passedTo > from) {
                from = passedTo;
            }
            passedTo = 0;
        }
        if (from == in.readerIndex() && at == end) {
            context.fireChannelRead(in);
        } else {
            pass(context, in, from, at);
            in.release();
        }
    }

    private static void pass(ChannelHandlerContext context, ByteBuf in, int from, int to) {
        if (to > from) {
            context.fireChannelRead(in.retainedSlice(from, to - from));
        }
    }

    private int length() {
        return ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
    }

    private int stream() {
        return ((head[5] & 0x7f) << 24)
                | ((head[6] & 0xff) << 16)
                | ((head[7] & 0xff) << 8)
                | (head[8] & 0xff);
    }

    /// False: the budget is spent.
    private boolean account() {
        int type = head[3];
        if (type == HEADERS && stream() > newestStream) {
            newestStream = stream();
        }
        if (type == HEADERS || type == CONTINUATION) {
            pendingHeaders++;
        }
        int cost =
                switch (type) {
                    case HEADERS -> 0;
                    case DATA -> length() > 0 || (head[4] & END_STREAM) != 0 ? 0 : COST;
                    case WINDOW_UPDATE -> WINDOW_UPDATE_COST;
                    // RST_STREAM has a limit of its own (maxRstFramesPerWindow).
                    case RST_STREAM -> 0;
                    case CONTINUATION -> length() > 0 ? 0 : COST;
                    default -> COST;
                };
        if (cost == 0) {
            earned += type == HEADERS ? PER_CALL_FRAME : 0;
            return true;
        }
        spent += cost;
        if (spent <= BUDGET + earned) {
            return true;
        }
        long now = nanoTime.getAsLong();
        if (now - windowBegin < WINDOW_NANOS) {
            return false;
        }
        windowBegin = now;
        spent = cost;
        earned = 0;
        return true;
    }

    private boolean isOfRefusedStream(ChannelHandlerContext context, ByteBuf in, int from, int to) {
        int type = head[3];
        int stream = stream();
        if ((type != DATA && type != RST_STREAM && type != WINDOW_UPDATE)
                || stream == 0
                || stream > newestStream
                || (stream & 1) == 0) {
            return false;
        }
        Http2Connection known = connection(context);
        if (known == null || known.streamMayHaveExisted(stream)) {
            return false;
        }
        if (pendingHeaders > 0) {
            if (known.remote().numActiveStreams() + pendingHeaders
                    <= known.remote().maxActiveStreams()) {
                return false;
            }
            // Whether it is refused shows when the connection has seen what is before.
            pass(context, in, from, to);
            passedTo = to;
            pendingHeaders = 0;
        }
        return !known.streamMayHaveExisted(stream);
    }

    private @Nullable Http2Connection connection(ChannelHandlerContext context) {
        if (connection == null) {
            Http2ConnectionHandler handler = context.pipeline().get(Http2ConnectionHandler.class);
            connection = handler == null ? null : handler.connection();
            if (connection != null) {
                connection.addListener(
                        new Http2ConnectionAdapter() {
                            @Override
                            public void onStreamClosed(Http2Stream stream) {
                                release(stream.id());
                            }
                        });
            }
        }
        return connection;
    }

    /// What a dropped DATA frame took of the connection's window.
    private void giveBack(ChannelHandlerContext context) {
        int length = length();
        if (head[3] != DATA || length == 0) {
            return;
        }
        ByteBuf update = context.alloc().buffer(HEAD_BYTES + 4);
        update.writeMedium(4).writeByte(WINDOW_UPDATE).writeByte(0).writeInt(0).writeInt(length);
        var _ = context.writeAndFlush(update);
    }

    /// Counts what the frame adds to its unfinished request. False: the connection holds too much.
    private boolean hold(ChannelHandlerContext context) {
        int type = head[3];
        int stream = stream();
        if (share == null || (type != HEADERS && type != CONTINUATION && type != DATA)) {
            return true;
        }
        // END_STREAM of a request's headers or of its last DATA frame.
        if (type != CONTINUATION && (head[4] & END_STREAM) != 0) {
            release(stream);
            return true;
        }
        Integer before = held.get(stream);
        if (before == null && (type != HEADERS || stream < newestStream)) {
            return true;
        }
        // Hears of the ends of streams from now on.
        connection(context);
        int more = length() + (type == HEADERS ? REQUEST_COST : FRAME_COST);
        held.put(stream, (before == null ? 0 : before) + more);
        if (share.add(more)) {
            return true;
        }
        releaseRefused(context);
        return share.add(0);
    }

    private void release(int stream) {
        Integer bytes = held.remove(stream);
        if (bytes != null && share != null) {
            share.remove(bytes);
        }
    }

    /// Streams that HTTP/2 refused for want of a place hold nothing, and nothing else tells of
    /// them.
    private void releaseRefused(ChannelHandlerContext context) {
        Http2Connection known = connection(context);
        if (known == null) {
            return;
        }
        List<Integer> refused = new ArrayList<>();
        for (int stream : held.keySet()) {
            if (stream < newestStream && known.stream(stream) == null) {
                refused.add(stream);
            }
        }
        refused.forEach(this::release);
    }

    private void endForFlood(ChannelHandlerContext context) {
        LOG.warn(
                "closed the connection from {}: it sent more HTTP/2 frames that belong to no call"
                        + " than are accepted in {} s",
                context.channel().remoteAddress(),
                WINDOW_SECONDS);
        end(context, "too_many_frames_without_a_call");
    }

    private void endForMemory(ChannelHandlerContext context) {
        if (ended) {
            return;
        }
        LOG.warn(
                "closed the connection from {}: it began requests and did not end them, and held {}"
                        + " bytes of {} that all connections may hold",
                context.channel().remoteAddress(),
                held.values().stream().mapToLong(Integer::longValue).sum(),
                UnfinishedRequests.MAX_BYTES);
        end(context, "too_many_unfinished_requests");
    }

    /// Says why, reads nothing more, and closes below HTTP/2, which would wait for open calls.
    private void end(ChannelHandlerContext context, String why) {
        ended = true;
        context.channel().config().setAutoRead(false);
        byte[] debug = why.getBytes(StandardCharsets.US_ASCII);
        ByteBuf goAway = context.alloc().buffer(HEAD_BYTES + 8 + debug.length);
        goAway.writeMedium(8 + debug.length).writeByte(GOAWAY).writeByte(0).writeInt(0);
        goAway.writeInt(newestStream).writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code());
        goAway.writeBytes(debug);
        context.writeAndFlush(goAway).addListener(_ -> close(context));
        // A peer that does not read keeps the farewell from being written.
        var _ =
                context.executor()
                        .schedule(() -> close(context), GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }
}
