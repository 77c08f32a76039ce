package dev.signet.ca.attestation;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Keys at one configured https URL. Asks that host and no other: no redirect is followed, nothing
/// of a token or an answer chooses an address, and no part of an answer is ever shown (R14).
final class HttpsKeySource implements KeySource {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int HTTP_OK = 200;
    private static final int MAX_BEARER_OCTETS = 16 * 1024;

    private final URI url;
    private final @Nullable Path caFile;
    private final @Nullable Path bearerFile;
    private final Duration timeout;
    private @Nullable HttpClient client;

    /// @param caFile PEM certificates to verify the host with; null: those of the JDK
    /// @param bearerFile token to send, read for each request; null: none
    /// @param timeout for a whole read, body included
    HttpsKeySource(URI url, @Nullable Path caFile, @Nullable Path bearerFile, Duration timeout) {
        this.url = url;
        this.caFile = caFile;
        this.bearerFile = bearerFile;
        this.timeout = timeout;
    }

    @Override
    public byte[] read() throws KeysUnavailableException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("Accept", "application/jwk-set+json, application/json");
        if (bearerFile != null) {
            request.header("Authorization", "Bearer " + bearer(bearerFile));
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(
                                request.build(),
                                HttpResponse.BodyHandlers.limiting(
                                        HttpResponse.BodyHandlers.ofByteArray(),
                                        KeySet.MAX_OCTETS));
        try {
            // The request's own timeout ends with the headers: a body may drip for ever.
            HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != HTTP_OK) {
                throw new KeysUnavailableException(
                        url.getHost() + " answered " + response.statusCode() + " (expected: 200)");
            }
            return response.body();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KeysUnavailableException(
                    url.getHost() + " could not be read: " + cause.getClass().getSimpleName());
        } catch (TimeoutException _) {
            throw new KeysUnavailableException(
                    url.getHost() + " did not answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException("the server is stopping");
        } finally {
            answer.cancel(true);
        }
    }

    private static String bearer(Path file) throws KeysUnavailableException {
        try (InputStream input = Files.newInputStream(file)) {
            return new String(input.readNBytes(MAX_BEARER_OCTETS), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException e) {
            throw new KeysUnavailableException(
                    file + " cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private synchronized HttpClient client() throws KeysUnavailableException {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder()
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(CONNECT_TIMEOUT);
            if (caFile != null) {
                builder.sslContext(trusting(caFile));
            }
            client = builder.build();
        }
        return client;
    }

    private static SSLContext trusting(Path caFile) throws KeysUnavailableException {
        try (InputStream pem = Files.newInputStream(caFile)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int index = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + index++, certificate);
            }
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new KeysUnavailableException(
                    caFile + " is not usable: " + e.getClass().getSimpleName());
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
