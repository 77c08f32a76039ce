package dev.signet.cli.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What an earlier run left on a data directory when it was killed: a postmaster that lives on, its
/// children, a lock file whose process id now belongs to a zombie or to a stranger.
final class Leftovers {

    private static final Duration STOP_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private Leftovers() {}

    /// Ends what is left, so that a postmaster can start. Only for who holds the [ClusterLock]:
    /// then nobody else has a use for these processes.
    ///
    /// @throws LocalPostgresException when they do not end in a minute
    static void clear(Cluster cluster) throws IOException {
        List<String> pidFile = cluster.pidLines();
        if (pidFile.isEmpty()) {
            return;
        }
        // Negative where it worked in single-user mode: that one has nobody left who tells it more,
        // and ends by itself.
        long written = Long.parseLong(pidFile.getFirst().strip());
        long postmaster = Math.abs(written);
        List<Long> processes = cluster.processes();
        if (!processes.isEmpty()) {
            // The children of a postmaster that is gone end by themselves as they notice it.
            if (written > 0 && processes.contains(postmaster)) {
                Signals.interrupt(postmaster);
            }
            awaitEnd(cluster);
        }
        // With nobody left in the directory the file guards nothing, but PostgreSQL would refuse to
        // start while its process id is in use, by a zombie or by a stranger. Otherwise it stays:
        // PostgreSQL frees the shared memory that it names.
        if (Files.exists(Path.of("/proc", String.valueOf(postmaster)))) {
            Files.deleteIfExists(cluster.pidFile());
        }
    }

    private static void awaitEnd(Cluster cluster) throws IOException {
        long deadline = System.nanoTime() + STOP_WITHIN.toNanos();
        List<Long> processes = cluster.processes();
        while (!processes.isEmpty()) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                throw new LocalPostgresException(
                        "PostgreSQL of an earlier run still works on "
                                + cluster.data()
                                + " and does not stop (process "
                                + processes.getFirst()
                                + "): see "
                                + cluster.log());
            }
            LockSupport.parkNanos(POLL.toNanos());
            processes = cluster.processes();
        }
    }
}
