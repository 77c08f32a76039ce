package dev.signet.ca;

/// The server did not start. The message says what was wrong, what was expected and what to do, and
/// holds no secret.
public final class StartFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    StartFailedException(String message) {
        super(message);
    }
}
