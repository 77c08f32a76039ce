package dev.signet.cli.output;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a command asks its user. Where nobody can be asked (no terminal, an input that has ended)
/// the answer names the option that says the same. Stateless.
public final class Prompt {

    private static final int MAX_BYTES = 64 * 1024;

    private Prompt() {}

    /// Asks for a secret, which is not shown.
    ///
    /// @param what such as `passphrase of ca.p12`
    /// @param option that gives it instead, such as `--passphrase-file FILE`
    /// @throws CommandFailedException when there is no terminal to ask on
    public static char[] secret(String what, String option) {
        char[] typed = typed(System.console(), what);
        if (typed == null) {
            throw nobody("the " + what + " is needed", option, null);
        }
        return typed;
    }

    /// A secret from the first line of a file.
    ///
    /// @throws CommandFailedException when the file cannot be read or is larger than 64 KiB
    public static char[] firstLine(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CommandFailedException(
                        "FILE_TOO_LARGE", file + " is larger than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file).lines().findFirst().orElse("").toCharArray();
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "FILE_UNREADABLE", file + " cannot be read: " + e, e);
        }
    }

    /// Without a terminal there may be no console at all.
    private static char @Nullable [] typed(@Nullable Console console, String what) {
        return console != null && console.isTerminal()
                ? console.readPassword("%s: ", Style.printable(what))
                : null;
    }

    /// Asks a question to which only `yes` is yes, on standard input.
    ///
    /// @param option that says yes instead, such as `--yes`
    /// @throws CommandFailedException when the input has ended
    public static boolean confirmed(Terminal terminal, String question, String option) {
        terminal.err().print(Style.printable(question) + " Type yes: ");
        terminal.err().flush();
        try {
            String line =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                            .readLine();
            if (line != null) {
                return line.strip().equals("yes");
            }
            terminal.err().println();
            throw nobody("this needs an answer", option, null);
        } catch (IOException e) {
            terminal.err().println();
            throw nobody("this needs an answer", option, e);
        }
    }

    private static CommandFailedException nobody(
            String what, String option, @Nullable IOException cause) {
        return new CommandFailedException(
                ExitCode.USAGE,
                "USAGE",
                what + ", and there is no terminal to ask on\nGive " + option,
                cause);
    }
}
