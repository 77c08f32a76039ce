package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Prompt;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What tells a server that its files have changed: a command, or a signal.
final class AfterRenewal {

    private static final Duration MAX_TIME = Duration.ofMinutes(5);
    private static final Duration MAX_REST = Duration.ofSeconds(1);
    private static final int MAX_LINES = 1000;

    @Option(
            names = "--exec",
            paramLabel = "COMMAND",
            description = "Run by /bin/sh after each replacement, 5 min max.")
    private @Nullable String command;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Signal this process after each replacement.")
    private @Nullable Long processId;

    @Option(
            names = "--pid-file",
            paramLabel = "FILE",
            description = "Signal the process that this file names.")
    private @Nullable Path pidFile;

    @Option(
            names = "--signal",
            paramLabel = "NAME",
            description = "Signal for --pid and --pid-file (default: HUP).")
    private String signal = "HUP";

    /// How it ended.
    ///
    /// @param what was run, in words
    /// @param exitCode null: it could not be run, or was ended
    /// @param problem null: none
    record Result(String what, @Nullable Integer exitCode, @Nullable String problem) {}

    /// @throws CommandFailedException when what was given cannot be meant
    void check() {
        long given = Stream.of(command, processId, pidFile).filter(Objects::nonNull).count();
        if (given > 1) {
            throw usage("--exec, --pid and --pid-file: several are given (expected: one of them)");
        }
        if (!signal().matches("[A-Z][A-Z0-9]{1,9}")) {
            throw usage("--signal: " + signal + " (expected: a name such as HUP or USR1)");
        }
        if (processId != null && processId < 1) {
            throw usage("--pid: " + processId + " (expected: 1 or greater)");
        }
    }

    private static CommandFailedException usage(String message) {
        return new CommandFailedException(ExitCode.USAGE, "USAGE", message, null);
    }

    private String signal() {
        String name = signal.toUpperCase(Locale.ROOT);
        return name.startsWith("SIG") ? name.substring(3) : name;
    }

    /// Runs what was given; null when nothing was. What it prints goes to the terminal's `err`.
    @Nullable Result run(Terminal terminal) {
        if (command != null) {
            return run(terminal, command, List.of("/bin/sh", "-c", command));
        }
        if (processId != null) {
            return signal(terminal, processId);
        }
        if (pidFile == null) {
            return null;
        }
        try {
            return signal(terminal, read(pidFile));
        } catch (CommandFailedException | NumberFormatException e) {
            return new Result(
                    "signal " + signal() + " to the process of " + pidFile,
                    null,
                    "was not sent: the file names no process: " + e.getMessage());
        }
    }

    private Result signal(Terminal terminal, long target) {
        return run(
                terminal,
                "signal " + signal() + " to process " + target,
                List.of(
                        "/bin/sh",
                        "-c",
                        "kill -s \"$1\" \"$2\"",
                        "sh",
                        signal(),
                        Long.toString(target)));
    }

    private static long read(Path file) {
        long target = Long.parseLong(new String(Prompt.firstLine(file)).strip());
        if (target < 1) {
            throw new NumberFormatException(target + " (expected: 1 or greater)");
        }
        return target;
    }

    private static Result run(Terminal terminal, String what, List<String> words) {
        Process process;
        try {
            process =
                    new ProcessBuilder(words)
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            return new Result(what, null, "could not be run: " + e.getMessage());
        }
        Thread output = Thread.ofVirtual().start(() -> pass(process, terminal));
        try {
            if (!process.waitFor(MAX_TIME.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(what, null, "was ended after " + MAX_TIME.toMinutes() + " min");
            }
            // What it has started in the background may keep the pipe open.
            output.join(MAX_REST);
            int code = process.exitValue();
            return new Result(what, code, code == 0 ? null : "ended with exit code " + code);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(what, null, "was not waited for: this command stops");
        }
    }

    private static void pass(Process process, Terminal terminal) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int shown = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (shown++ < MAX_LINES) {
                    terminal.err().println(Style.printable(line));
                }
            }
        } catch (IOException e) {
            // The command has ended; its exit code says how.
        }
    }
}
