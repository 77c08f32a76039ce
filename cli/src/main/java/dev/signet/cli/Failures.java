package dev.signet.cli;

import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.LinkedHashMap;
import java.util.Map;

/// From an exception to a sentence on stderr and an exit code. A fault that nobody foresaw shows
/// its stack trace only where the user asks for it.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final String DEBUG_VARIABLE = "SIGNET_CLI_DEBUG";

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine line, @Nullable ParseResult result) {
        CommandFailedException known = FailureTexts.known(failure);
        report(json(result), known);
        if (System.getenv(DEBUG_VARIABLE) != null) {
            failure.printStackTrace(terminal.err());
        }
        return known.exitCode();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        report(
                false,
                new CommandFailedException(ExitCode.USAGE, "USAGE", message(failure), failure));
        if (!UnmatchedArgumentException.printSuggestions(failure, line.getErr())) {
            terminal.err().println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    /// A word where a command belongs is called an unknown command.
    private static String message(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && !failure.getCommandLine().getSubcommands().isEmpty()) {
            String first = unmatched.getUnmatched().getFirst();
            if (!first.startsWith("-")) {
                return "there is no command '"
                        + failure.getCommandLine().getCommandSpec().qualifiedName()
                        + " "
                        + first
                        + "'";
            }
        }
        return String.valueOf(failure.getMessage());
    }

    private void report(boolean json, CommandFailedException failure) {
        String message = String.valueOf(failure.getMessage());
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("code", failure.code());
            error.put("message", message);
            if (!failure.errors().isEmpty()) {
                error.put("errors", failure.errors());
            }
            terminal.err().println(Json.write(Map.of("error", error)));
            return;
        }
        String[] lines = message.split("\n", -1);
        terminal.err().println(terminal.errStyle().red("signet: ") + Style.printable(lines[0]));
        for (int i = 1; i < lines.length; i++) {
            terminal.err().println("  " + Style.printable(lines[i]));
        }
    }

    private static boolean json(@Nullable ParseResult result) {
        for (ParseResult at = result; at != null; at = at.subcommand()) {
            if (at.hasMatchedOption("--json")) {
                return true;
            }
        }
        return false;
    }
}
