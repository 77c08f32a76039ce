package dev.signet.benchmarks;

import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;

/// `benchmarks/run search`.
@Command(
        name = "search",
        description =
                "Fills a ledger on a PostgreSQL of its own and measures a page of each search that"
                        + " the admin API documents. 5 M rows take some minutes and 8 GB.")
final class SearchCommand implements Callable<Integer> {

    @Option(names = "--rows", description = "certificates on record (default ${DEFAULT-VALUE})")
    private int rows = 5_000_000;

    @Option(names = "--runs", description = "searches of each kind (default ${DEFAULT-VALUE})")
    private int runs = 50;

    @Option(
            names = "--aim",
            description = "milliseconds that no p99 may exceed (default ${DEFAULT-VALUE})")
    private double aim = 50;

    @Option(names = "--write", description = "write the report to this file")
    private @Nullable Path write;

    @Option(names = "--plans", description = "write the execution plans to this file")
    private @Nullable Path plans;

    @Option(
            names = "--directory",
            description =
                    "for the database; kept, and filled only once (default: a fresh one in the"
                            + " user's cache directory, deleted)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.err, LoadCommand.terminal());
        try (WorkDirectory work = WorkDirectory.at(directory)) {
            LocalPostgresSettings settings =
                    new LocalPostgresSettings(
                            work.path().resolve("postgresql"),
                            LocalPostgresSettings.userCache(),
                            0,
                            // Checkpoints of the filling are not what is measured.
                            Map.of("max_wal_size", "8GB"));
            SearchReport report =
                    new SearchRun(settings, progress, InstantSource.system()).run(rows, runs);
            System.out.print(report.table());
            if (write != null) {
                Files.writeString(write, report.markdown(), StandardCharsets.UTF_8);
            }
            if (plans != null) {
                Files.writeString(plans, report.plansMarkdown(), StandardCharsets.UTF_8);
            }
            return report.slowest() <= aim ? 0 : 1;
        }
    }
}
