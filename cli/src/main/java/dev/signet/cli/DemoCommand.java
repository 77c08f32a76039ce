package dev.signet.cli;

import dev.signet.cli.demo.Demo;
import dev.signet.cli.demo.DemoFailedException;
import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.postgres.LocalPostgresException;
import dev.signet.cli.server.ServerLog;
import dev.signet.client.SignetClientException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

@Command(
        name = "demo",
        description = {
            "See everything at work: a CA, services that enrol and call each other over mutual TLS"
                    + " while their certificates rotate, strangers that do not get in.",
            "Takes less than a minute, asks nothing, leaves nothing behind. Exit code 0 only if every"
                    + " step held."
        })
final class DemoCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final InstantSource clock;

    @Mixin private OutputOptions output;

    DemoCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, GeneralSecurityException {
        Path scratch = Files.createTempDirectory("signet-demo-");
        Path log = Files.createTempFile("signet-demo-", ".log");
        ServerLog.toFileOnly(log);
        long startedAt = System.nanoTime();
        Map<String, Object> findings;
        try (Progress progress = new Progress(terminal)) {
            Demo demo = new Demo(terminal, progress, DataDirectory.at(scratch), clock);
            Thread onInterrupt = Thread.ofPlatform().unstarted(() -> leave(demo, scratch, log));
            Runtime.getRuntime().addShutdownHook(onInterrupt);
            try {
                findings = demo.run();
            } catch (DemoFailedException
                    | CommandFailedException
                    | LocalPostgresException
                    | SignetClientException e) {
                throw failed(e, log);
            } finally {
                progress.begin("Cleaning up");
                demo.close();
                Directories.delete(scratch);
                forget(onInterrupt);
            }
        }
        Files.deleteIfExists(log);
        long seconds = (System.nanoTime() - startedAt) / 1_000_000_000L;
        if (output.json()) {
            Map<String, Object> json = new TreeMap<>(findings);
            json.put("held", true);
            json.put("seconds", seconds);
            terminal.out().println(Json.write(json));
        }
        terminal.err().println();
        terminal.err()
                .println(
                        terminal.errStyle().green("✓  Every step held.")
                                + terminal.errStyle().dim("  " + seconds + " s"));
        terminal.err().println("   Next: ./signet server");
        return ExitCode.OK;
    }

    private static CommandFailedException failed(RuntimeException cause, Path log) {
        return new CommandFailedException(
                ExitCode.FAILED,
                "DEMO_FAILED",
                "the demo did not hold: " + cause.getMessage() + "\nLog: " + log,
                cause);
    }

    private static void leave(Demo demo, Path scratch, Path log) {
        demo.close();
        try {
            Directories.delete(scratch);
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void forget(Thread onInterrupt) {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // It runs already.
        }
    }
}
