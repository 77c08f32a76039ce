package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// One run against a server: the machine's limits, a lone caller, the load, the checks.
final class LoadRun {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONE_WARM_UP = Duration.ofSeconds(2);

    private final LoadPlan plan;
    private final TokenIssuer issuer;
    private final Progress progress;
    private final InstantSource clock;
    private final AnswerSamples samples = new AnswerSamples();
    private final AtomicLong seeds;

    LoadRun(LoadPlan plan, TokenIssuer issuer, Progress progress, InstantSource clock) {
        this.plan = plan;
        this.issuer = issuer;
        this.progress = progress;
        this.clock = clock;
        this.seeds = new AtomicLong(clock.millis());
    }

    Report against(ServerUnderTest server)
            throws IOException, CertificateException, SQLException, InterruptedException {
        progress.step("Preparing requests and tokens");
        PreparedRequests requests = PreparedRequests.make(plan.requests(), plan.requestIds());
        TokenSupply tokens =
                plan.freshTokens()
                        ? TokenSupply.fresh(issuer, plan.tokens(), clock)
                        : TokenSupply.repeated(issuer, plan.tokens(), clock);
        String databaseUrl = server.databaseUrl();
        if (databaseUrl == null) {
            return against(server, null, requests, tokens);
        }
        try (Database database = new Database(databaseUrl)) {
            String notDurable = database.notDurable();
            if (notDurable != null) {
                throw new IllegalStateException(
                        "PostgreSQL runs with "
                                + notDurable
                                + " (expected: on; durable issuances are what is measured)");
            }
            return against(server, database, requests, tokens);
        }
    }

    private Report against(
            ServerUnderTest server,
            @Nullable Database database,
            PreparedRequests requests,
            TokenSupply tokens)
            throws IOException, CertificateException, SQLException, InterruptedException {
        Long postmaster = database == null ? null : database.postmasterPid();
        String trustDomain = server.endpoint().trustDomain();
        long recordedBefore = database == null ? 0 : database.recorded(trustDomain);

        Measurement load =
                Measurement.of(
                        "load",
                        load(
                                server.endpoint(),
                                plan.callers(),
                                plan.ratePerSecond(),
                                requests,
                                tokens),
                        plan.warmUp(),
                        plan.measured(),
                        server.pid(),
                        postmaster,
                        progress);
        Measurement lone = null;
        if (plan.lone().isPositive()) {
            lone =
                    Measurement.of(
                            "lone caller",
                            load(server.endpoint(), 1, null, requests, tokens),
                            LONE_WARM_UP,
                            plan.lone(),
                            server.pid(),
                            postmaster,
                            progress);
        }
        Database.Limits commit = null;
        MachineLimits.Crypto crypto = null;
        if (plan.limits().isPositive()) {
            progress.step("Measuring the machine's own limits");
            commit = database == null ? null : database.limits(plan.limits());
            crypto = MachineLimits.crypto(plan.limits());
        }
        progress.step("Checking answers and the ledger");
        var sampled = samples.all();
        return new Report(
                clock.instant(),
                plan,
                server.describe(),
                database == null ? "unknown" : database.version(),
                Runtime.getRuntime().availableProcessors(),
                load,
                lone,
                crypto,
                commit,
                database == null ? null : (Long) (database.recorded(trustDomain) - recordedBefore),
                sampled.size(),
                new AnswerVerifier(server.endpoint()).faults(sampled),
                tokens.mintedDuringRun());
    }

    private Load load(
            Endpoint endpoint,
            int callers,
            @Nullable Double ratePerSecond,
            PreparedRequests requests,
            TokenSupply tokens)
            throws IOException, CertificateException, InterruptedException {
        Connections connections =
                Connections.open(
                        endpoint,
                        callers,
                        plan.eventLoops(),
                        plan.oneCheckedIn(),
                        () ->
                                new CallSource(
                                        requests,
                                        tokens,
                                        new RequestIds(clock, seeds.incrementAndGet()),
                                        samples));
        if (!connections.awaitReady(PATIENCE)) {
            connections.close();
            throw new IOException(
                    "no TLS connection to "
                            + endpoint.host()
                            + ":"
                            + endpoint.port()
                            + " within "
                            + PATIENCE.toSeconds()
                            + " s");
        }
        return ratePerSecond == null
                ? new ClosedLoop(connections)
                : new OpenLoop(connections, ratePerSecond);
    }
}
