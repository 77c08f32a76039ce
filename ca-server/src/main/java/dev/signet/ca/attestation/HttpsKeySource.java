package dev.signet.ca.attestation;

import dev.signet.ca.egress.HttpsExchange;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.TlsFiles;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;

/// Keys at one configured https URL. Asks that host and no other: no redirect is followed, nothing
/// of a token or an answer chooses an address, and no part of an answer is ever shown (R14).
final class HttpsKeySource implements KeySource {

    private static final int HTTP_OK = 200;

    private final URI url;
    private final @Nullable Path bearerFile;
    private final Duration timeout;
    private final HttpsExchange https;

    /// @param caFile PEM certificates to verify the host with; null: those of the JDK
    /// @param bearerFile token to send, read for each request; null: none
    /// @param timeout for a whole read, body included
    HttpsKeySource(URI url, @Nullable Path caFile, @Nullable Path bearerFile, Duration timeout) {
        this.url = url;
        this.bearerFile = bearerFile;
        this.timeout = timeout;
        this.https = new HttpsExchange(TlsFiles.trusting(caFile));
    }

    @Override
    public byte[] read() throws KeysUnavailableException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(url)
                            .header("Accept", "application/jwk-set+json, application/json");
            if (bearerFile != null) {
                request.header("Authorization", "Bearer " + BearerFile.read(bearerFile));
            }
            HttpsExchange.Answer answer = https.send(request, KeySet.MAX_OCTETS, timeout);
            if (answer.status() != HTTP_OK) {
                throw new HttpsFailureException("answered " + answer.status() + " (expected: 200)");
            }
            return answer.octets();
        } catch (HttpsFailureException e) {
            throw new KeysUnavailableException(url.getHost() + " " + e.getMessage());
        }
    }

    @Override
    public void close() {
        https.close();
    }
}
