package dev.signet.benchmarks;

import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.LedgerConfiguration;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Searches as the server makes them, over a filled ledger.
final class SearchRun {

    private static final int PAGE = 100;
    private static final int WARM_UP = 5;
    private static final int MAX_STREAMED = 500_000;

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final LocalPostgresSettings settings;
    private final Progress progress;
    private final InstantSource clock;

    /// @param settings of the PostgreSQL that is started for it
    SearchRun(LocalPostgresSettings settings, Progress progress, InstantSource clock) {
        this.settings = settings;
        this.progress = progress;
        this.clock = clock;
    }

    SearchReport run(int rows, int runs) throws SQLException, IOException, InterruptedException {
        SearchLedger ledger;
        // Its stop writes the pages of the filling, so that they are not written meanwhile.
        try (LocalPostgres postgres = start(settings.parameters());
                var context = server(postgres)) {
            context.refresh(); // makes the schema
            ledger =
                    SearchLedger.fill(
                            postgres.jdbcUrl(),
                            postgres.user(),
                            postgres.password(),
                            rows,
                            progress);
        }
        Map<String, SearchReport.Times> times = new LinkedHashMap<>();
        double streamed;
        try (LocalPostgres postgres = start(settings.parameters());
                var context = server(postgres)) {
            context.refresh();
            CertificateRecords records = context.getBean(CertificateRecords.class);
            for (SearchKind kind : SearchKind.values()) {
                times.put(kind.title(), measure(records, ledger, kind, runs));
                progress.step(kind.title() + ": " + times.get(kind.title()));
            }
            streamed = stream(records, Math.min(rows, MAX_STREAMED));
        }
        Map<String, List<String>> plans = new LinkedHashMap<>();
        try (LocalPostgres postgres = start(withPlansToLog());
                var context = server(postgres)) {
            context.refresh();
            CertificateRecords records = context.getBean(CertificateRecords.class);
            for (SearchKind kind : SearchKind.values()) {
                PlanLog plan = PlanLog.from(settings.directory().resolve("postgres.log"));
                Criteria criteria = kind.criteria(ledger, new Random(1));
                records.search(criteria, PAGE, null);
                plans.put(kind.title(), plan.since());
            }
        }
        return new SearchReport(rows, ledger.sizes(), times, plans, streamed);
    }

    private LocalPostgres start(Map<String, String> parameters) throws InterruptedException {
        LocalPostgres postgres =
                LocalPostgres.start(
                        new LocalPostgresSettings(
                                settings.directory(),
                                settings.cache(),
                                settings.port(),
                                parameters),
                        new SecureRandom(),
                        progress::step);
        try {
            postgres.awaitReady(PATIENCE);
            return postgres;
        } catch (RuntimeException | InterruptedException e) {
            postgres.close();
            throw e;
        }
    }

    /// Only a superuser sets these in a session, and the login is none.
    private Map<String, String> withPlansToLog() {
        Map<String, String> all = new LinkedHashMap<>(settings.parameters());
        all.put("session_preload_libraries", "auto_explain");
        all.put("auto_explain.log_min_duration", "0");
        all.put("auto_explain.log_analyze", "on");
        all.put("auto_explain.log_buffers", "on");
        all.put("auto_explain.log_timing", "off");
        all.put("auto_explain.log_parameter_max_length", "0");
        return all;
    }

    /// The ledger's beans as the server has them.
    private AnnotationConfigApplicationContext server(LocalPostgres postgres) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean(
                DatabaseSettings.class,
                () ->
                        DatabaseSettings.of(
                                postgres.jdbcUrl(), postgres.user(), postgres.password()));
        context.registerBean(LedgerSettings.class, LedgerSettings::defaults);
        context.registerBean(InstantSource.class, () -> clock);
        context.registerBean(SecureRandom.class, () -> new SecureRandom());
        context.registerBean(MeterRegistry.class, () -> new SimpleMeterRegistry());
        context.register(LedgerConfiguration.class);
        return context;
    }

    private static SearchReport.Times measure(
            CertificateRecords records, SearchLedger ledger, SearchKind kind, int runs) {
        Random random = new Random(20261123);
        for (int i = 0; i < WARM_UP; i++) {
            records.search(kind.criteria(ledger, random), PAGE, null);
        }
        double[] milliseconds = new double[runs];
        long found = 0;
        for (int i = 0; i < runs; i++) {
            Criteria criteria = kind.criteria(ledger, random);
            long begin = System.nanoTime();
            var page = records.search(criteria, PAGE, null);
            milliseconds[i] = (System.nanoTime() - begin) / 1e6;
            found += page.records().size();
        }
        Arrays.sort(milliseconds);
        return new SearchReport.Times(
                milliseconds[runs / 2],
                milliseconds[Math.min(runs - 1, runs * 99 / 100)],
                (double) found / runs);
    }

    /// @return records a second
    private static double stream(CertificateRecords records, int wanted) {
        List<Long> ends = new ArrayList<>();
        long begin = System.nanoTime();
        int[] seen = {0};
        try {
            records.stream(
                    Criteria.ANY,
                    _ -> {
                        if (++seen[0] == wanted) {
                            ends.add(System.nanoTime());
                            throw new Enough();
                        }
                    });
        } catch (Enough _) {
            // as wanted
        }
        long end = ends.isEmpty() ? System.nanoTime() : ends.getFirst();
        return seen[0] * 1e9 / (end - begin);
    }

    /// Ends a stream.
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super(null, null, false, false);
        }
    }
}
