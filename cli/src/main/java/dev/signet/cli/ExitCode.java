package dev.signet.cli;

/// How a command ended, for scripts.
public final class ExitCode {

    /// It did what was asked.
    public static final int OK = 0;

    /// It was refused, or something failed; the message says what.
    public static final int FAILED = 1;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// The server is not there, does not answer, or is not the one that is trusted.
    public static final int UNREACHABLE = 3;

    private ExitCode() {}
}
