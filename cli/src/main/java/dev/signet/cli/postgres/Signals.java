package dev.signet.cli.postgres;

import java.io.IOException;

/// The signals that PostgreSQL understands and Java cannot send.
final class Signals {

    private Signals() {}

    /// Fast shutdown: no new sessions, running ones are rolled back, a checkpoint is written.
    static void interrupt(long process) {
        send("INT", process);
    }

    /// Immediate shutdown: the next start recovers from the write-ahead log.
    static void quit(long process) {
        send("QUIT", process);
    }

    private static void send(String signal, long process) {
        try {
            // The shell's own `kill`: there need not be another one.
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new LocalPostgresException("cannot stop PostgreSQL: no shell to run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
