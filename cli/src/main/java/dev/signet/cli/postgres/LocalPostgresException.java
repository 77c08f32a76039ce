package dev.signet.cli.postgres;

import org.jspecify.annotations.Nullable;

/// PostgreSQL cannot be run here. The message says what was wrong and what the reader can do.
public final class LocalPostgresException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LocalPostgresException(String message) {
        super(message);
    }

    LocalPostgresException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
