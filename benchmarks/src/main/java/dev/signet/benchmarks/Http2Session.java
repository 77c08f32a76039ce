package dev.signet.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/// Unary gRPC calls over one HTTP/2 connection, with no more of the protocol than they need: it
/// costs about half of what a full client costs, and this one shares its cores with the server
/// under test. Used on one event loop.
///
/// @rfc 9113
final class Http2Session extends ByteToMessageDecoder {

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int FRAME_HEADER = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    private static final int SETTING_ENABLE_PUSH = 2;
    private static final int SETTING_INITIAL_WINDOW = 4;

    private static final int GRPC_PREFIX = 5;
    private static final int FIRST_WINDOW = 65_535;
    private static final int RECEIVE_WINDOW = 64 << 20;
    private static final int ACKNOWLEDGE_AFTER = 16 << 20;

    private final byte[] firstHeaders;
    private final byte[] laterHeaders = HeaderBlocks.later();
    private final int oneReadIn;
    private final Runnable ready;
    private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false);
    private final IntObjectMap<Stream> streams = new IntObjectHashMap<>();
    private final Queue<Call> waiting = new ArrayDeque<>();
    private boolean settled;
    private boolean sentFirst;
    private int nextStream = 1;
    private int sendWindow = FIRST_WINDOW;
    private int unacknowledged;
    private int unread;

    /// @param ready told once when calls can be made
    Http2Session(String authority, int oneReadIn, Runnable ready) {
        this.firstHeaders = HeaderBlocks.first(authority);
        this.oneReadIn = oneReadIn;
        this.ready = ready;
    }

    /// One call's answer as it comes in.
    private static final class Stream {
        private final Call call;
        private final boolean read;
        private boolean message;
        private byte[] octets = {};

        Stream(Call call, boolean read) {
            this.call = call;
            this.read = read;
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            ByteBuf hello = context.alloc().directBuffer(128);
            hello.writeBytes(PREFACE);
            frame(hello, 12, SETTINGS, 0, 0);
            hello.writeShort(SETTING_ENABLE_PUSH).writeInt(0);
            hello.writeShort(SETTING_INITIAL_WINDOW).writeInt(RECEIVE_WINDOW);
            frame(hello, 4, WINDOW_UPDATE, 0, 0);
            hello.writeInt(RECEIVE_WINDOW);
            write(context, hello);
        }
        super.userEventTriggered(context, event);
    }

    void send(ChannelHandlerContext context, Call call) {
        int message = call.requestPrefix().length + call.requestId().length;
        if (GRPC_PREFIX + message > sendWindow || !waiting.isEmpty()) {
            waiting.add(call);
            return;
        }
        byte[] fixed = sentFirst ? laterHeaders : firstHeaders;
        sentFirst = true;
        byte[] authorization = call.token().headerBlock();
        int block = fixed.length + authorization.length;
        int stream = nextStream;
        nextStream += 2;
        ByteBuf request =
                context.alloc().directBuffer(2 * FRAME_HEADER + block + GRPC_PREFIX + message);
        frame(request, block, HEADERS, END_HEADERS, stream);
        request.writeBytes(fixed).writeBytes(authorization);
        frame(request, GRPC_PREFIX + message, DATA, END_STREAM, stream);
        request.writeByte(0).writeInt(message);
        request.writeBytes(call.requestPrefix()).writeBytes(call.requestId());
        sendWindow -= GRPC_PREFIX + message;
        unread++;
        boolean read = unread >= oneReadIn;
        if (read) {
            unread = 0;
        }
        streams.put(stream, new Stream(call, read));
        write(context, request);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        while (in.readableBytes() >= FRAME_HEADER) {
            int length = in.getUnsignedMedium(in.readerIndex());
            if (in.readableBytes() < FRAME_HEADER + length) {
                return;
            }
            int type = in.getUnsignedByte(in.readerIndex() + 3);
            int flags = in.getUnsignedByte(in.readerIndex() + 4);
            int stream = in.getInt(in.readerIndex() + 5) & Integer.MAX_VALUE;
            in.skipBytes(FRAME_HEADER);
            int end = in.readerIndex() + length;
            received(context, type, flags, stream, in.slice(in.readerIndex(), length));
            in.readerIndex(end);
        }
    }

    private void received(
            ChannelHandlerContext context, int type, int flags, int stream, ByteBuf payload)
            throws Http2Exception {
        switch (type) {
            case DATA -> data(context, flags, stream, payload);
            case HEADERS -> headers(flags, stream, payload);
            case RST_STREAM -> end(stream, "RST_STREAM " + payload.readUnsignedInt());
            case SETTINGS -> settings(context, flags);
            case PING -> {
                if ((flags & ACK) == 0) {
                    ByteBuf answer = context.alloc().directBuffer(FRAME_HEADER + 8);
                    frame(answer, 8, PING, ACK, 0);
                    write(context, answer.writeBytes(payload));
                }
            }
            case GOAWAY -> close(context);
            case WINDOW_UPDATE -> {
                if (stream == 0) {
                    sendWindow += payload.readInt();
                    for (int rest = waiting.size(); rest > 0; rest--) {
                        Call call = waiting.remove();
                        send(context, call);
                    }
                }
            }
            case CONTINUATION ->
                    throw new IllegalStateException("a header block in more than one frame");
            default -> {
                // PRIORITY and extensions are of no concern here.
            }
        }
    }

    private void data(ChannelHandlerContext context, int flags, int id, ByteBuf payload) {
        unacknowledged += payload.readableBytes();
        if (unacknowledged >= ACKNOWLEDGE_AFTER) {
            ByteBuf update = context.alloc().directBuffer(FRAME_HEADER + 4);
            frame(update, 4, WINDOW_UPDATE, 0, 0);
            write(context, update.writeInt(unacknowledged));
            unacknowledged = 0;
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        int padding = (flags & PADDED) == 0 ? 0 : payload.readUnsignedByte();
        int length = payload.readableBytes() - padding;
        stream.message |= length > 0;
        if (stream.read && length > 0) {
            int before = stream.octets.length;
            stream.octets = Arrays.copyOf(stream.octets, before + length);
            payload.readBytes(stream.octets, before, length);
        }
        if ((flags & END_STREAM) != 0) {
            end(id, "no trailers");
        }
    }

    private void headers(int flags, int id, ByteBuf payload) throws Http2Exception {
        int padding = (flags & PADDED) == 0 ? 0 : payload.readUnsignedByte();
        if ((flags & PRIORITY) != 0) {
            payload.skipBytes(5);
        }
        // Decoded even where nobody looks: the dynamic table depends on it.
        Http2Headers headers =
                headersDecoder.decodeHeaders(
                        id,
                        payload.slice(payload.readerIndex(), payload.readableBytes() - padding));
        if ((flags & END_STREAM) == 0) {
            return;
        }
        CharSequence status = headers.get("grpc-status");
        if (status == null || status.length() != 1 || status.charAt(0) != '0') {
            end(id, FailureNames.of(headers));
            return;
        }
        Stream stream = streams.remove(id);
        if (stream == null) {
            return;
        }
        if (!stream.message) {
            stream.call.failed("OK without a message");
        } else if (stream.read) {
            stream.call.answered(
                    Arrays.copyOfRange(stream.octets, GRPC_PREFIX, stream.octets.length));
        } else {
            stream.call.answered(stream.octets);
        }
    }

    private void settings(ChannelHandlerContext context, int flags) {
        if ((flags & ACK) != 0) {
            return;
        }
        ByteBuf answer = context.alloc().directBuffer(FRAME_HEADER);
        frame(answer, 0, SETTINGS, ACK, 0);
        write(context, answer);
        if (!settled) {
            settled = true;
            ready.run();
        }
    }

    private void end(int id, String cause) {
        Stream stream = streams.remove(id);
        if (stream != null) {
            stream.call.failed(cause);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failAll("connection: " + cause);
        close(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        failAll("connection closed");
    }

    private void failAll(String cause) {
        List<Call> calls = new ArrayList<>(waiting);
        streams.values().forEach(stream -> calls.add(stream.call));
        waiting.clear();
        streams.clear();
        calls.forEach(call -> call.failed(cause));
    }

    private static void write(ChannelHandlerContext context, ByteBuf octets) {
        var _ = context.writeAndFlush(octets, context.voidPromise());
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    private static void frame(ByteBuf target, int length, int type, int flags, int stream) {
        target.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }
}
