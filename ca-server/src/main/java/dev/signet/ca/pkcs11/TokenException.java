package dev.signet.ca.pkcs11;

import org.jspecify.annotations.Nullable;

/// The token did not do what it was asked for: it is away, busy beyond the time-out, does not have
/// the key, or refused. Its message is for the operator and holds no secret.
public final class TokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
