package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One https request, one bounded answer, in bounded time: no redirect is followed, and nothing of
/// an answer is in an exception (R14). Reads its files again when they change. Thread-safe; blocks.
public final class HttpsExchange implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final FileSnapshot<HttpClient> clients;
    private @Nullable HttpClient client;
    private boolean closed;

    public HttpsExchange(TlsSource files) {
        clients =
                new FileSnapshot<>(
                        files.toString(),
                        files::version,
                        () -> make(files),
                        Duration.ZERO,
                        System::nanoTime);
    }

    private static HttpClient make(TlsSource files) throws IOException, GeneralSecurityException {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
        files.context().ifPresent(builder::sslContext);
        return builder.build();
    }

    /// How long its files have held something that is not usable, so that older ones are in use.
    public Duration stale() {
        return clients.stale();
    }

    /// @param octets the whole body, at most as long as was asked for
    /// @param contentType header Content-Type; null without one
    /// @param location header Location; null without one
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Answer(
            int status, byte[] octets, @Nullable String contentType, @Nullable String location) {}

    /// @param timeout for all of it, body included
    /// @throws HttpsFailureException when there is no whole answer within the bounds
    public Answer send(HttpRequest.Builder request, int maxOctets, Duration timeout)
            throws HttpsFailureException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(
                                request.timeout(timeout).build(),
                                HttpResponse.BodyHandlers.limiting(
                                        HttpResponse.BodyHandlers.ofByteArray(), maxOctets));
        try {
            // The request's own timeout ends with the headers: a body may drip for ever.
            HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("Content-Type").orElse(null),
                    response.headers().firstValue("Location").orElse(null));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new HttpsFailureException(
                    "could not be read: " + cause.getClass().getSimpleName());
        } catch (TimeoutException _) {
            throw new HttpsFailureException("did not answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new HttpsFailureException("was not waited for: the server is stopping");
        } finally {
            answer.cancel(true);
        }
    }

    @SuppressWarnings("ReferenceEquality") // whether it is another client, not an equal one
    private synchronized HttpClient client() throws HttpsFailureException {
        if (closed) {
            throw new HttpsFailureException("is not asked any more: the server is stopping");
        }
        try {
            HttpClient now = clients.current();
            HttpClient before = client;
            client = now;
            if (before != null && before != now) {
                before.shutdown(); // what is under way ends by itself
            }
            return now;
        } catch (IOException | GeneralSecurityException e) {
            throw new HttpsFailureException("cannot be asked: " + e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
