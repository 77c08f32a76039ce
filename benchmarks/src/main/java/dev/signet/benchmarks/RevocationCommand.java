package dev.signet.benchmarks;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// `benchmarks/run revocation`.
@Command(
        name = "revocation",
        description =
                "Starts the server and connects workloads to it, each with its certificate, its two"
                        + " watches and an idle gRPC connection to a peer; then revokes the peer and"
                        + " measures until each connection is closed and new handshakes are"
                        + " refused.")
final class RevocationCommand implements Callable<Integer> {

    /// Of a closed connection's warning, of which there will be thousands.
    private static final Logger CLIENT_LOG = Logger.getLogger("dev.signet.client");

    @Option(names = "--clients", description = "workloads (default ${DEFAULT-VALUE})")
    private int clients = 1_000;

    @Option(names = "--rounds", description = "peers to revoke (default ${DEFAULT-VALUE})")
    private int rounds = 10;

    @Option(
            names = "--warm-up",
            description = "rounds before those that count (default ${DEFAULT-VALUE})")
    private int warmUp = 2;

    @Option(
            names = "--probers",
            description =
                    "of the workloads that try handshakes all the time (default ${DEFAULT-VALUE})")
    private int probers = 10;

    @Option(
            names = "--revoked",
            description =
                    "certificates that are revoked before, to see the snapshots"
                            + " (default ${DEFAULT-VALUE})")
    private int revoked;

    @Option(
            names = "--aim",
            description = "milliseconds that no p99 may exceed (default ${DEFAULT-VALUE})")
    private long aim = 1_000;

    @Option(
            names = "--directory",
            description = "for database and log; kept (default: a fresh one, deleted)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws Exception {
        CLIENT_LOG.setLevel(Level.OFF);
        Progress progress = new Progress(System.err, LoadCommand.terminal());
        SecureRandom random = new SecureRandom();
        try (WorkDirectory work = WorkDirectory.at(directory)) {
            TokenIssuer tokens = TokenIssuer.in(work.path());
            try (StartedServer server =
                            StartedServer.start(
                                    new StartedServer.Options(
                                            work.path(), null, ServerFlags.PRODUCTION, Map.of()),
                                    random,
                                    progress);
                    RevocationLedger ledger = new RevocationLedger(server.databaseUrl());
                    RevocationClients workloads =
                            new RevocationClients(server.endpoint(), tokens, work.path())) {
                return measure(server, ledger, workloads, progress);
            }
        }
    }

    private int measure(
            StartedServer server,
            RevocationLedger ledger,
            RevocationClients workloads,
            Progress progress)
            throws Exception {
        if (revoked > 0) {
            progress.step("Revoking " + Text.count(revoked) + " certificates");
            ledger.revokeMany(revoked);
        }
        long before = collected(server.pid());
        long begin = System.nanoTime();
        workloads.connect(clients, progress);
        System.out.printf(
                "%s workloads have their certificate and know every revocation after %s s%n",
                Text.count(clients), Text.decimals((System.nanoTime() - begin) / 1e9, 1));
        long after = collected(server.pid());
        System.out.printf(
                "server: %s before, %s with them: %s KB for each%n",
                Text.megabytes(before),
                Text.megabytes(after),
                Text.decimals((after - before) / 1e3 / clients, 1));
        Histogram closed = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
        Histogram refused = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
        Histogram commits = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
        for (int round = 0; round < warmUp + rounds; round++) {
            if (round == warmUp) {
                closed.reset();
                refused.reset();
                commits.reset();
            }
            workloads.round(round, probers, ledger, closed, refused, commits);
            progress.part("rounds", round + 1L, warmUp + rounds);
        }
        print("revoke to commit", commits);
        print("revoke to live connection closed", closed);
        print("revoke to refused handshake", refused);
        System.out.printf("client process: %s resident%n", resident());
        double slowest =
                Math.max(closed.getValueAtPercentile(99), refused.getValueAtPercentile(99)) / 1e3;
        return slowest <= aim && closed.getTotalCount() == (long) clients * rounds ? 0 : 1;
    }

    private static void print(String what, Histogram micros) {
        System.out.printf(
                "%-34s n %7s  p50 %6s  p99 %6s  max %6s ms%n",
                what,
                Text.count(micros.getTotalCount()),
                Text.decimals(micros.getValueAtPercentile(50) / 1e3, 0),
                Text.decimals(micros.getValueAtPercentile(99) / 1e3, 0),
                Text.decimals(micros.getMaxValue() / 1e3, 0));
    }

    private static String resident() {
        return ProcessUsage.of(ProcessHandle.current().pid())
                .map(usage -> Text.megabytes(usage.residentBytes()))
                .orElse("?");
    }

    /// Memory that a process holds after a collection.
    private static long collected(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (int i = 0; i < 2; i++) {
            new ProcessBuilder(List.of(jcmd.toString(), Long.toString(pid), "GC.run"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            TimeUnit.SECONDS.sleep(Duration.ofSeconds(2).toSeconds());
        }
        return ProcessUsage.of(pid).map(ProcessUsage::residentBytes).orElse(0L);
    }
}
