package dev.signet.benchmarks;

import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `benchmarks/run startup`.
@Command(
        name = "startup",
        description =
                "Starts `./signet server` again and again on a PostgreSQL that is there, and takes the"
                        + " time from the start of the process to the first certificate received.")
final class StartupCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(names = "--runs", description = "measured starts (default ${DEFAULT-VALUE})")
    private int runs = 5;

    @Option(
            names = "--launcher",
            description = "what to start (default: the launcher beside this benchmark)")
    private Path launcher = Path.of(System.getProperty("signet.benchmarks.launcher", "./signet"));

    @Option(names = "--json", description = "the report as JSON")
    private boolean json;

    @Option(
            names = "--directory",
            description =
                    "for database, keys and log; kept (default: a fresh one in the user's cache"
                            + " directory, deleted)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.err, false);
        try (WorkDirectory work = WorkDirectory.at(directory);
                LocalPostgres postgres =
                        LocalPostgres.start(
                                LocalPostgresSettings.in(work.path().resolve("postgresql")),
                                new SecureRandom(),
                                progress::step)) {
            postgres.awaitReady(PATIENCE);
            TokenIssuer issuer = TokenIssuer.in(work.path());
            StartupRun run = new StartupRun(issuer, command(work.path(), postgres), work.path());
            progress.step("One start that does not count: makes the schema and the AOT cache");
            Endpoint endpoint = run.first(PATIENCE);
            List<StartupRun.Start> starts = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                StartupRun.Start start = run.measured(endpoint, PATIENCE);
                progress.step(
                        "first certificate after "
                                + Text.count(start.milliseconds())
                                + " ms, memory "
                                + Text.megabytes(start.residentBytes()));
                starts.add(start);
            }
            report(starts);
            return 0;
        }
    }

    private List<String> command(Path work, LocalPostgres postgres) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        String issuer = "signet.attestation.token-issuers[0].";
        settings.put(issuer + "name", "benchmark");
        settings.put(issuer + "kind", "kubernetes");
        settings.put(issuer + "issuer", TokenIssuer.ISSUER);
        settings.put(issuer + "audiences[0]", TokenIssuer.AUDIENCE);
        settings.put(issuer + "jwks-file", TokenIssuer.jwksFile(work).toString());
        settings.put("signet.stop.drain-time", "0s");
        List<String> command = new ArrayList<>();
        command.add(launcher.toAbsolutePath().toString());
        command.addAll(List.of("server", "--listen", "127.0.0.1", "--http-port", "0"));
        command.addAll(List.of("--admin-port", "0"));
        command.addAll(List.of("--trust-domain", StartedServer.TRUST_DOMAIN));
        command.addAll(List.of("--data-dir", work.resolve("signet").toString()));
        Path password = work.resolve("password");
        if (!Files.exists(password)) {
            OwnerOnly.write(password, postgres.password().getBytes(StandardCharsets.UTF_8));
        }
        command.addAll(List.of("--database-url", postgres.jdbcUrl()));
        command.addAll(List.of("--database-user", postgres.user()));
        command.addAll(List.of("--database-password-file", password.toString()));
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        return command;
    }

    private void report(List<StartupRun.Start> starts) {
        double[] milliseconds =
                starts.stream().mapToDouble(StartupRun.Start::milliseconds).sorted().toArray();
        long[] memory =
                starts.stream().mapToLong(StartupRun.Start::residentBytes).sorted().toArray();
        double median = milliseconds[milliseconds.length / 2];
        long bytes = memory[memory.length / 2];
        if (json) {
            Map<String, Object> root = new LinkedHashMap<>();
            root.put(
                    "first_certificate_ms",
                    starts.stream().map(StartupRun.Start::milliseconds).toList());
            root.put("median_ms", median);
            root.put("median_rss_bytes", bytes);
            System.out.println(Json.of(root));
        } else {
            System.out.println(
                    "first certificate after "
                            + Text.count(median)
                            + " ms (median of "
                            + starts.size()
                            + ", "
                            + Text.count(milliseconds[0])
                            + " to "
                            + Text.count(milliseconds[milliseconds.length - 1])
                            + "), memory then "
                            + Text.megabytes(bytes));
        }
    }
}
