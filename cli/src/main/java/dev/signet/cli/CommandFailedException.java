package dev.signet.cli;

import org.jspecify.annotations.Nullable;

/// A command cannot do what was asked. The message is for the user: what was wrong, what to do.
public final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String code;

    public CommandFailedException(
            int exitCode, String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.code = code;
    }

    public CommandFailedException(String code, String message) {
        this(ExitCode.FAILED, code, message, null);
    }

    public int exitCode() {
        return exitCode;
    }

    /// Permanent, for machines.
    public String code() {
        return code;
    }
}
