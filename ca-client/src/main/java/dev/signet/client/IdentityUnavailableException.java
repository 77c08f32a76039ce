package dev.signet.client;

import org.jspecify.annotations.Nullable;

/// There is no certificate to show now: the first one did not come in time, or the last one expired
/// while no next one could be had. The cause says what the last attempt met; the library goes on
/// trying unless it was closed.
public final class IdentityUnavailableException extends SignetClientException {

    private static final long serialVersionUID = 1L;

    IdentityUnavailableException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
