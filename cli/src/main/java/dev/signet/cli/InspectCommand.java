package dev.signet.cli;

import dev.signet.cli.inspect.InspectedFile;
import dev.signet.cli.inspect.InspectionText;
import dev.signet.cli.inspect.UnreadableFileException;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;

@Command(
        name = "inspect",
        description = {
            "Show what is in a file: certificates, a trust bundle, a certification request; PEM or"
                    + " DER.",
            "Nothing is verified."
        })
final class InspectCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final InstantSource clock;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file;

    @Mixin private OutputOptions output;

    InspectCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        InspectedFile inspected = read();
        InspectionText text = new InspectionText(clock.instant(), terminal.outStyle());
        if (output.json()) {
            terminal.out().println(Json.write(text.json(inspected)));
        } else {
            text.print(inspected, terminal.out());
        }
        return ExitCode.OK;
    }

    private InspectedFile read() {
        try {
            return InspectedFile.read(file);
        } catch (UnreadableFileException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "UNREADABLE_FILE", file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "NO_SUCH_FILE", file + ": no such file", e);
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "UNREADABLE_FILE", file + ": " + e.getMessage(), e);
        }
    }
}
