package dev.signet.cli;

import dev.signet.cli.postgres.LocalPostgresException;
import dev.signet.client.CaUnavailableException;
import dev.signet.client.SignetClientException;
import dev.signet.client.UntrustedCaException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What each exception that a command can end with means for the user.
final class FailureTexts {

    private FailureTexts() {}

    static CommandFailedException known(Exception failure) {
        return switch (failure) {
            case CommandFailedException known -> known;
            case LocalPostgresException postgres ->
                    failed("DATABASE", String.valueOf(postgres.getMessage()), postgres);
            case CaUnavailableException away ->
                    new CommandFailedException(
                            ExitCode.UNREACHABLE,
                            away.code(),
                            String.valueOf(away.getMessage()),
                            away);
            case UntrustedCaException untrusted ->
                    new CommandFailedException(
                            ExitCode.UNREACHABLE,
                            untrusted.code(),
                            String.valueOf(untrusted.getMessage()),
                            untrusted);
            case SignetClientException refused ->
                    failed(
                            refused.code(),
                            "refused: " + refused.getMessage() + " (" + refused.code() + ")",
                            refused);
            case IOException io -> failed("FILE", fileWords(io), io);
            case UncheckedIOException io -> failed("FILE", fileWords(io), io);
            default ->
                    failed(
                            "INTERNAL",
                            "this should not happen: "
                                    + failure
                                    + "\nSIGNET_CLI_DEBUG=1 shows where it comes from.",
                            failure);
        };
    }

    private static String fileWords(UncheckedIOException failure) {
        IOException cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : fileWords(cause);
    }

    private static String fileWords(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> denied.getFile() + ": no permission";
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static CommandFailedException failed(String code, String message, Exception cause) {
        return new CommandFailedException(ExitCode.FAILED, code, message, cause);
    }
}
