package dev.signet.ca;

/// The server did not start. The message says what was wrong, what was expected and what to do, and
/// holds no secret.
public final class StartFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean explained;

    StartFailedException(String message, Throwable cause, boolean explained) {
        super(message, cause);
        this.explained = explained;
    }

    StartFailedException(String message) {
        super(message);
        this.explained = true;
    }

    /// Whether the message is a sentence for the operator; else the cause's stack trace is all that
    /// is known.
    public boolean explained() {
        return explained;
    }
}
