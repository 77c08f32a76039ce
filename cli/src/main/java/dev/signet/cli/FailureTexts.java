package dev.signet.cli;

import dev.signet.cli.postgres.LocalPostgresException;

/// What each exception that a command can end with means for the user.
final class FailureTexts {

    private FailureTexts() {}

    static CommandFailedException known(Exception failure) {
        return switch (failure) {
            case CommandFailedException known -> known;
            case LocalPostgresException postgres ->
                    failed("DATABASE", String.valueOf(postgres.getMessage()), postgres);
            default ->
                    failed(
                            "INTERNAL",
                            "this should not happen: "
                                    + failure
                                    + "\nSIGNET_CLI_DEBUG=1 shows where it comes from.",
                            failure);
        };
    }

    private static CommandFailedException failed(String code, String message, Exception cause) {
        return new CommandFailedException(ExitCode.FAILED, code, message, cause);
    }
}
