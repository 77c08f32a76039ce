package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Json;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Requests to one admin API over HTTPS. Nothing is sent before the server has proved by the trust
/// bundle that it is the host that was dialled; redirects are not followed. An answer is at most 16
/// MiB and takes at most 30 s; a stream has no such bounds and ends when nothing comes for a
/// minute.
///
/// A request that was not answered, or with 429 or 503, is sent again after a pause, three times at
/// most; a write with the same Idempotency-Key, so that it happens once.
///
/// Each method throws [CommandFailedException] with the server's own reason. Thread-safe; blocks.
public final class AdminClient implements AutoCloseable {

    private static final int MAX_ANSWER = 16 << 20;
    private static final int MAX_PROBLEM = 1 << 20;
    private static final String JSON = "application/json";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final int CONFLICT = 409;

    private final AdminTarget target;
    private final AdminTimes times;
    private final HttpClient http;
    private final @Nullable String authorization;

    private AdminClient(AdminTarget target, AdminTimes times) {
        this.target = target;
        this.times = times;
        this.authorization = target.credential().authorization();
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(times.connect())
                        .sslContext(AdminTls.context(target))
                        .build();
    }

    /// Nothing is sent yet.
    public static AdminClient connect(AdminTarget target) {
        return new AdminClient(target, AdminTimes.DEFAULTS);
    }

    static AdminClient connect(AdminTarget target, AdminTimes times) {
        return new AdminClient(target, times);
    }

    /// Asks, and waits for the whole answer.
    public AdminAnswer send(AdminRequest request) {
        BodyHandler<byte[]> limited = BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER);
        HttpResponse<byte[]> response = exchange(request, JSON, limited);
        if (!succeeded(response)) {
            throw AdminProblem.failure(target, request, response.statusCode(), response.body());
        }
        try {
            return new AdminAnswer(
                    response.statusCode(),
                    response.headers().firstValue("ETag").orElse(null),
                    Json.read(response.body()));
        } catch (IllegalArgumentException e) {
            throw AdminProblem.strange(target, response.statusCode());
        }
    }

    /// Changes a state as it is now: reads it for its ETag, and writes only if it is still the
    /// same.
    ///
    /// @param state path of what is read first
    public AdminAnswer change(String state, AdminRequest write) {
        String etag = send(AdminRequest.get(state)).etag();
        if (etag == null) {
            throw AdminProblem.strange(target, 200);
        }
        return send(write.basedOn(etag));
    }

    /// Takes a stream.
    public interface Reader {
        void read(InputStream in) throws IOException;
    }

    /// Asks, and reads the answer as it comes, however long it is.
    ///
    /// @param accept media type
    public void stream(AdminRequest request, String accept, Reader reader) throws IOException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                exchange(request, accept, BodyHandlers.ofPublisher());
        try (StreamedBody body = new StreamedBody(times.idle())) {
            response.body().subscribe(body);
            if (!succeeded(response)) {
                throw AdminProblem.failure(target, request, response.statusCode(), problem(body));
            }
            reader.read(body);
        } catch (AdminFailures.Broken e) {
            throw AdminFailures.broken(target, e);
        }
    }

    private static byte[] problem(StreamedBody body) {
        try {
            return body.readNBytes(MAX_PROBLEM);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static boolean succeeded(HttpResponse<?> response) {
        return response.statusCode() >= 200 && response.statusCode() <= 299;
    }

    private <T> HttpResponse<T> exchange(
            AdminRequest request, String accept, BodyHandler<T> handler) {
        HttpRequest prepared = prepared(request, accept);
        Duration pause = times.pause();
        boolean arrived = false;
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == times.attempts();
            Duration asked = pause;
            try {
                HttpResponse<T> response = once(prepared, handler);
                boolean busy = busy(response);
                asked = busy && !last ? retryAfter(response, pause) : Duration.ZERO;
                if (!busy || last || asked.compareTo(times.longestPause()) > 0) {
                    return response;
                }
                letGo(response);
            } catch (IOException e) {
                arrived |= AdminFailures.mayHaveArrived(e);
                if (last || !AdminFailures.mayPass(e)) {
                    throw AdminFailures.failure(target, request, arrived, e);
                }
            }
            sleep(asked);
            pause = pause.multipliedBy(2);
        }
    }

    /// An earlier attempt at the same write may be under way still: then 409 says how long to wait.
    private static boolean busy(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case TOO_MANY_REQUESTS, UNAVAILABLE -> true;
            case CONFLICT -> response.headers().firstValue("Retry-After").isPresent();
            default -> false;
        };
    }

    private HttpRequest prepared(AdminRequest request, String accept) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(target.server() + request.target()))
                        .header("Accept", accept + ", application/problem+json")
                        .header("User-Agent", "signet-cli");
        if (authorization != null) {
            builder.header("Authorization", authorization);
        }
        if (request.write()) {
            builder.header("Idempotency-Key", UUID.randomUUID().toString());
        }
        if (request.etag() != null) {
            builder.header("If-Match", request.etag());
        }
        if (request.body() == null) {
            return builder.GET().build();
        }
        return builder.header("Content-Type", JSON)
                .method(
                        request.method(),
                        HttpRequest.BodyPublishers.ofString(
                                Json.writeLine(request.body()), StandardCharsets.UTF_8))
                .build();
    }

    private <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> handler)
            throws IOException {
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
        try {
            return answer.get(times.answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io
                    ? io
                    : new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new AdminFailures.TooSlow(times.answer());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } finally {
            answer.cancel(true);
        }
    }

    /// @rfc 9110 10.2.3
    private static Duration retryAfter(HttpResponse<?> response, Duration otherwise) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("[0-9]{1,9}")
                ? Duration.ofSeconds(Long.parseLong(seconds))
                : otherwise;
    }

    /// The body of a streamed answer has to be taken by somebody.
    private static void letGo(HttpResponse<?> response) {
        if (response.body() instanceof Flow.Publisher<?> publisher) {
            publisher.subscribe(
                    new Flow.Subscriber<Object>() {
                        @Override
                        public void onSubscribe(Flow.Subscription subscription) {
                            subscription.cancel();
                        }

                        @Override
                        public void onNext(Object item) {}

                        @Override
                        public void onError(Throwable failure) {}

                        @Override
                        public void onComplete() {}
                    });
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private static CommandFailedException interrupted(InterruptedException cause) {
        return new CommandFailedException(ExitCode.FAILED, "INTERRUPTED", "interrupted", cause);
    }

    /// Cuts what is still open.
    @Override
    public void close() {
        http.shutdownNow();
    }
}
