package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

/// A signature could not be made, or the signed certificate broke its profile. A fault, not a
/// refusal, unless the key is only away: the caller is told INTERNAL, the operator reads the cause.
public final class SigningException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean keyAway;

    public SigningException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private SigningException(String message, @Nullable Throwable cause, boolean keyAway) {
        super(message, cause);
        this.keyAway = keyAway;
    }

    /// What keeps the key did not answer, or does not have it now: a later attempt may succeed.
    ///
    /// @param message for the operator
    public static SigningException keyAway(String message, @Nullable Throwable cause) {
        return new SigningException(message, cause, true);
    }

    /// Whether it is only that the key cannot be reached now; the caller is told
    /// AUTHORITY_NOT_USABLE.
    public boolean isKeyAway() {
        return keyAway;
    }
}
