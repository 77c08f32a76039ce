package dev.signet.benchmarks;

import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.LedgerConfiguration;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.replay.ReplayConfiguration;
import dev.signet.ca.replay.Replays;
import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;

/// `benchmarks/run replay`.
@Command(
        name = "replay",
        description =
                "Fills a ledger on a PostgreSQL of its own and runs a policy of 100 rules over all of"
                        + " it, compared with the built-in one.")
final class ReplayCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int RULES = 100;
    private static final int MAX_DIFFERENCES = 10_000;

    @Option(names = "--rows", description = "certificates on record (default ${DEFAULT-VALUE})")
    private int rows = 1_000_000;

    @Option(names = "--runs", description = "replays (default ${DEFAULT-VALUE})")
    private int runs = 3;

    @Option(
            names = "--directory",
            description =
                    "for the database; kept, and filled only once (default: a fresh one in the"
                            + " user's cache directory, deleted)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.err, LoadCommand.terminal());
        try (WorkDirectory work = WorkDirectory.at(directory);
                LocalPostgres postgres =
                        LocalPostgres.start(
                                new LocalPostgresSettings(
                                        work.path().resolve("postgresql"),
                                        LocalPostgresSettings.userCache(),
                                        0,
                                        Map.of("max_wal_size", "8GB")),
                                new SecureRandom(),
                                progress::step)) {
            postgres.awaitReady(PATIENCE);
            try (var context = server(postgres)) {
                context.refresh(); // makes the schema
                SearchLedger.fill(
                        postgres.jdbcUrl(), postgres.user(), postgres.password(), rows, progress);
            }
            try (var context = server(postgres)) {
                context.refresh();
                Replays replays = context.getBean(Replays.class);
                for (int run = 0; run < runs; run++) {
                    report(replays, progress);
                }
            }
            return 0;
        }
    }

    private void report(Replays replays, Progress progress) {
        Watcher watcher = new Watcher(progress);
        long begin = System.nanoTime();
        Replays.Summary summary = replays.replay(candidate(), null, null, MAX_DIFFERENCES, watcher);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.println(
                Text.count(summary.replayed())
                        + " issuances in "
                        + Text.count(seconds)
                        + " s, "
                        + Text.count(summary.replayed() / seconds)
                        + " a second, at most "
                        + Text.megabytes(watcher.mostOctets)
                        + " of heap after a collection; "
                        + Text.count(summary.newlyDenied())
                        + " newly denied, "
                        + Text.count(summary.identity())
                        + " with another identity, "
                        + Text.count(summary.lifetime())
                        + " with another lifetime, "
                        + Text.count(summary.notReproduced())
                        + " not reproduced");
    }

    /// Each rule for five of the ledger's 500 namespaces; the last ones have none.
    private static PolicySnapshot candidate() {
        StringBuilder document = new StringBuilder("apiVersion: signet.dev/v1\nrules:\n");
        for (int i = 0; i < RULES - 2; i++) {
            document.append(
                    """
                      - name: teams-%1$d
                        when: evidence.kind == "kubernetes" && attributes["kubernetes.namespace"] in ["team-%1$d", "team-%2$d", "team-%3$d", "team-%4$d"]
                        grant:
                          spiffeId: spiffe://{trustDomain}/ns/{attributes["kubernetes.namespace"]}/sa/{attributes["kubernetes.service-account"]}
                          lifetime: {default: %5$s}
                    """
                            .formatted(i, i + 100, i + 200, i + 300, i % 2 == 0 ? "1h" : "30m"));
        }
        document.append(
                """
                  - name: tokens
                    when: evidence.kind == "join-token"
                    grant: {spiffeId: "{evidence.spiffeId}"}
                  - name: renewals
                    when: evidence.kind == "current-certificate" && evidence.spiffeId.contains("/sa/")
                    grant:
                      spiffeId: "{evidence.spiffeId}"
                      names: {dns: ["**.svc.cluster.local"], ip: [10.0.0.0/8]}
                """);
        PolicyLanguage.Reading reading = language().read(document.toString(), "candidate");
        if (!(reading instanceof PolicyLanguage.Reading.Accepted accepted)) {
            throw new IllegalStateException(reading.findings().toString());
        }
        return accepted.snapshot();
    }

    private static PolicyLanguage language() {
        return PolicyLanguage.of(new TrustDomain("example.org"), PolicySettings.defaults());
    }

    /// The beans of ledger and replay as the server has them.
    private static AnnotationConfigApplicationContext server(LocalPostgres postgres) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean(
                DatabaseSettings.class,
                () ->
                        DatabaseSettings.of(
                                postgres.jdbcUrl(), postgres.user(), postgres.password()));
        context.registerBean(LedgerSettings.class, LedgerSettings::defaults);
        context.registerBean(InstantSource.class, InstantSource::system);
        context.registerBean(SecureRandom.class, () -> new SecureRandom());
        context.registerBean(MeterRegistry.class, () -> new SimpleMeterRegistry());
        PolicySnapshot inForce = language().builtIn();
        context.registerBean(Policies.class, () -> () -> inForce);
        context.register(LedgerConfiguration.class, ReplayConfiguration.class);
        return context;
    }

    /// Shows how far it is, and looks at the heap.
    private static final class Watcher implements Replays.Listener {

        private final Progress progress;
        private long mostOctets;

        Watcher(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void progress(Replays.Progress step) {
            progress.part("issuances", step.replayed(), step.estimatedTotal());
            long octets = 0;
            for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
                MemoryUsage usage = pool.getCollectionUsage();
                if (pool.getType() == MemoryType.HEAP && usage != null) {
                    octets += usage.getUsed();
                }
            }
            mostOctets = Math.max(mostOctets, octets);
        }

        @Override
        public void difference(Replays.Difference difference) {}
    }
}
