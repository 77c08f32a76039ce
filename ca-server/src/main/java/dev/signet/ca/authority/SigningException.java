package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

/// A signature could not be made, or the signed certificate broke its profile. A fault, not a
/// refusal: the caller is told INTERNAL, the operator reads the cause.
public final class SigningException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SigningException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
