package dev.signet.cli;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// A command cannot do what was asked. The message is for the user: what was wrong, what to do.
public final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String code;
    private final transient List<Map<String, Object>> errors;

    public CommandFailedException(
            int exitCode, String code, String message, @Nullable Throwable cause) {
        this(exitCode, code, message, List.of(), cause);
    }

    /// @param errors each thing that is wrong, for machines; the message has them, too
    public CommandFailedException(
            int exitCode,
            String code,
            String message,
            List<Map<String, Object>> errors,
            @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.code = code;
        this.errors = List.copyOf(errors);
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

    /// For machines; empty where the message is all there is.
    public List<Map<String, Object>> errors() {
        return errors;
    }
}
