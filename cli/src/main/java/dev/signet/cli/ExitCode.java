package dev.signet.cli;

/// How a command ended, for scripts. `signet --help` lists them.
public final class ExitCode {

    /// It did what was asked.
    public static final int OK = 0;

    /// It was refused, or something failed; the message says what.
    public static final int FAILED = 1;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// The server is not there, does not answer, cannot serve now, or is not the one that is
    /// trusted.
    public static final int UNREACHABLE = 3;

    /// The server does not know the credential, or its roles do not permit the act.
    public static final int NOT_PERMITTED = 4;

    /// Nothing failed, and the answer is no: the document has errors, the policy denies, the replay
    /// found differences.
    public static final int ANSWER_IS_NO = 5;

    /// It is proposed and waits for the approval of a second person.
    public static final int PENDING = 6;

    private ExitCode() {}
}
