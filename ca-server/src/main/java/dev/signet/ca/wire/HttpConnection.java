package dev.signet.ca.wire;

import dev.signet.ca.wire.ConnectionPlaces.Place;
import dev.signet.ca.wire.HttpAnswers.Answer;
import dev.signet.ca.wire.HttpDocuments.Document;
import dev.signet.ca.wire.HttpDocuments.Freshness;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// One connection of the plain HTTP port: whole requests, one at a time. Until a request is whole
/// it takes no place and no thread; a probe never does. Confined to the connection's event loop.
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {

    /// Requests that are read before an earlier one is answered; one more ends the connection.
    private static final int MAX_PIPELINED = 16;

    private final HttpAnswers answers;
    private final Semaphore places;
    private final Executor threads;
    private final Duration timeout;
    private final InstantSource clock;
    private final Queue<FullHttpRequest> pipelined = new ArrayDeque<>();
    private @Nullable Future<?> deadline;
    private boolean serving;

    HttpConnection(
            HttpAnswers answers,
            Semaphore places,
            Executor threads,
            Duration timeout,
            InstantSource clock) {
        this.clock = clock;
        this.answers = answers;
        this.places = places;
        this.threads = threads;
        this.timeout = timeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        await(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopWaiting();
        pipelined.forEach(FullHttpRequest::release);
        pipelined.clear();
    }

    /// For the next request: it comes whole within the time, or the connection ends.
    private void await(ChannelHandlerContext context) {
        serving = false;
        FullHttpRequest next = pipelined.poll();
        if (next == null) {
            deadline(context);
            context.channel().config().setAutoRead(true);
            return;
        }
        try {
            serve(context, next);
        } finally {
            next.release();
        }
    }

    private void deadline(ChannelHandlerContext context) {
        stopWaiting();
        deadline =
                context.executor()
                        .schedule(() -> end(context), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void end(ChannelHandlerContext context) {
        var _ = context.close();
    }

    private void stopWaiting() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (!serving) {
            serve(context, request);
        } else if (pipelined.size() < MAX_PIPELINED) {
            pipelined.add(request.retain());
        } else {
            end(context);
        }
    }

    private void serve(ChannelHandlerContext context, FullHttpRequest request) {
        serving = true;
        context.channel().config().setAutoRead(false);
        stopWaiting();
        if (request.decoderResult().isFailure()) {
            int status =
                    switch (request.decoderResult().cause()) {
                        case TooLongHttpLineException _ -> 414;
                        case TooLongHttpHeaderException _ -> 431;
                        case null, default -> 400;
                    };
            send(
                    context,
                    request,
                    new Answer(ServerDocuments.text(status, "this is not a request\n")),
                    false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String method = request.method().name();
        Answer probe = answers.probe(method, request.uri());
        if (probe != null) {
            send(context, request, probe, keepAlive);
            return;
        }
        if (!places.tryAcquire()) {
            send(
                    context,
                    request,
                    new Answer(ServerDocuments.text(503, "too many requests at a time\n")),
                    keepAlive);
            return;
        }
        Place place = context.channel().attr(ConnectionLimit.PLACE).get();
        place.busy();
        byte[] body = ByteBufUtil.getBytes(request.content());
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE);
        String target = request.uri();
        try {
            threads.execute(() -> {
                Answer answer;
                try {
                    answer = answers.answer(method, target, type, body);
                } finally {
                    places.release();
                }
                context.executor().execute(() -> send(context, request, answer, keepAlive));
            });
        } catch (RejectedExecutionException _) {
            // The port is closing.
            places.release();
            end(context);
        }
    }

    /// What an answer needs of its request: the method and headers, which are no buffers.
    private void send(
            ChannelHandlerContext context, HttpRequest request, Answer answer, boolean keepAlive) {
        Document document = answer.document();
        boolean known = false;
        DefaultFullHttpResponse response;
        HttpHeaders headers;
        Freshness freshness = document.freshness();
        if (freshness != null) {
            known = isKnown(request, freshness);
        }
        boolean bodiless = known || request.method().name().equals("HEAD");
        response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(known ? 304 : document.status()),
                        bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(document.body()));
        headers = response.headers();
        headers.set(HttpHeaderNames.DATE, date(clock.instant()));
        headers.set(HttpHeaderNames.CONTENT_TYPE, document.type());
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set(
                HttpHeaderNames.CONTENT_SECURITY_POLICY,
                "default-src 'none'; frame-ancestors 'none'");
        if (!answer.allow().isEmpty()) {
            headers.set(HttpHeaderNames.ALLOW, answer.allow());
        }
        if (freshness == null) {
            headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        } else {
            freshness(headers, freshness);
        }
        if (!known) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, document.body().length);
        }
        HttpUtil.setKeepAlive(headers, HttpVersion.HTTP_1_1, keepAlive);
        // From here on the peer is waited for: who does not read its answer may lose its place.
        context.channel().attr(ConnectionLimit.PLACE).get().idle();
        deadline(context);
        var written = context.writeAndFlush(response);
        if (keepAlive) {
            written.addListener(
                    (ChannelFutureListener)
                            done -> {
                                if (done.isSuccess()) {
                                    await(context);
                                } else {
                                    end(context);
                                }
                            });
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Of whatever went wrong with the bytes of a connection, its peer is to blame.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(context);
    }

    private static void freshness(HttpHeaders headers, Freshness freshness) {
        long seconds = freshness.maxAge().toSeconds();
        headers.set(
                HttpHeaderNames.CACHE_CONTROL,
                seconds == 0 ? "no-cache" : "public, no-transform, max-age=" + seconds);
        headers.set(HttpHeaderNames.ETAG, freshness.tag());
        if (freshness.expires().getEpochSecond() > 0) {
            headers.set(HttpHeaderNames.LAST_MODIFIED, date(freshness.lastModified()));
            headers.set(HttpHeaderNames.EXPIRES, date(freshness.expires()));
        }
    }

    /// Whether the caller has the document already.
    private static boolean isKnown(HttpRequest request, Freshness freshness) {
        String known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        return known != null
                && !request.method().name().equals("POST")
                && List.of(known.replace("W/", "").split("\\s*,\\s*", 32))
                        .contains(freshness.tag());
    }

    private static String date(Instant instant) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
    }
}
