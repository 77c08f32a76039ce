package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What a command proves itself with to the admin API: exactly one thing. Immutable; none prints
/// its secret.
public sealed interface AdminCredential {

    /// A client certificate of this trust domain with its key, PEM; both may be in one file.
    record Certificate(Path chain, Path key) implements AdminCredential {}

    /// A file with a bearer token, which somebody keeps fresh.
    record TokenFile(Path file) implements AdminCredential {}

    /// A command of the shell that prints a bearer token within a minute.
    record TokenCommand(String command) implements AdminCredential {}

    /// An environment variable with a bearer token.
    record TokenVariable(String name) implements AdminCredential {}

    /// A file with the operator credential of the server.
    record OperatorFile(Path file) implements AdminCredential {}

    /// What is said of it to the user.
    default String words() {
        return switch (this) {
            case Certificate certificate -> "the certificate in " + certificate.chain();
            case TokenFile token -> "the token in " + token.file();
            case TokenCommand token -> "the token that `" + token.command() + "` prints";
            case TokenVariable token -> "the token in $" + token.name();
            case OperatorFile operator -> "the operator credential in " + operator.file();
        };
    }

    /// Value of the Authorization header, a secret; null: the certificate speaks for itself.
    ///
    /// @throws CommandFailedException when there is no credential where it should be
    default @Nullable String authorization() {
        return switch (this) {
            case Certificate _ -> null;
            case TokenFile token -> "Bearer " + Secrets.fromFile(token.file(), words());
            case TokenCommand token -> "Bearer " + Secrets.fromCommand(token.command(), words());
            case TokenVariable token -> "Bearer " + Secrets.fromVariable(token.name(), words());
            case OperatorFile operator -> "Operator " + Secrets.fromFile(operator.file(), words());
        };
    }

    /// Reads secrets from where they are kept.
    final class Secrets {

        private static final int MAX_OCTETS = 16 * 1024;
        private static final int COMMAND_SECONDS = 60;

        private Secrets() {}

        private static String fromFile(Path file, String words) {
            try (InputStream in = Files.newInputStream(file)) {
                return one(in.readNBytes(MAX_OCTETS + 1), words);
            } catch (IOException e) {
                throw none(words, "cannot be read: " + file, e);
            }
        }

        private static String fromVariable(String name, String words) {
            String value = System.getenv(name);
            if (value == null) {
                throw none(words, "is not there: the variable is not set", null);
            }
            return one(value.getBytes(StandardCharsets.UTF_8), words);
        }

        private static String fromCommand(String command, String words) {
            Process process = null;
            try {
                process =
                        new ProcessBuilder("/bin/sh", "-c", command)
                                .redirectInput(
                                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start();
                Process running = process;
                // A command that hangs is killed, which ends the read.
                Thread.ofVirtual().start(() -> endInTime(running));
                byte[] said = process.getInputStream().readNBytes(MAX_OCTETS + 1);
                if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)
                        || process.exitValue() != 0) {
                    throw none(words, "is not there: the command failed or took a minute", null);
                }
                return one(said, words);
            } catch (IOException e) {
                throw none(words, "is not there: the command cannot be run", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw none(words, "is not there: interrupted", e);
            } finally {
                if (process != null) {
                    process.destroyForcibly();
                }
            }
        }

        private static void endInTime(Process process) {
            try {
                if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        }

        /// @throws CommandFailedException unless it is one word of visible ASCII; quotes nothing
        private static String one(byte[] octets, String words) {
            String text = new String(octets, StandardCharsets.US_ASCII).strip();
            if (octets.length > MAX_OCTETS
                    || text.isEmpty()
                    || !text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
                throw none(
                        words,
                        "is none (expected: one line of visible ASCII, 16 KiB at most)",
                        null);
            }
            return text;
        }

        private static CommandFailedException none(
                String words, String what, @Nullable Throwable cause) {
            return new CommandFailedException(
                    dev.signet.cli.ExitCode.NOT_PERMITTED,
                    "NO_CREDENTIAL",
                    words
                            + " "
                            + what
                            + "\n`signet context list` shows what is used; `signet context add` and"
                            + " `signet login` change it",
                    cause);
        }
    }
}
