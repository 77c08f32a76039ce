package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/// The CA could not be reached, did not answer in time, or said that it cannot serve now. The
/// request may have been carried out: a retry uses the same request id.
public final class CaUnavailableException extends SignetClientException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    CaUnavailableException(
            String code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(code, message, cause);
        this.retryAfter = retryAfter;
    }

    /// How long the CA asked to wait, if it did.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
