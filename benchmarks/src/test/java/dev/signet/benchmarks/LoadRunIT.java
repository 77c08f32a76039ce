package dev.signet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

class LoadRunIT {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private StubServer stub;

    @BeforeEach
    void start() throws Exception {
        stub = new StubServer();
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void countsEveryCallOfAClosedLoopOnce() throws Exception {
        Report report = run(plan(4, null, false));

        assertThat(report.objections()).isEmpty();
        assertThat(report.successes()).isEqualTo(stub.calls.get());
        assertThat(report.load().interval().latencies().getTotalCount())
                .isPositive()
                .isLessThan(report.load().successes());
        assertThat(report.checked()).isPositive();
        assertThat(stub.requestIds).hasSize(stub.calls.get());
        assertThat(stub.requestIds)
                .allSatisfy(id -> assertThat(UUID.fromString(id).version()).isEqualTo(7));
        assertThat(stub.tokens).hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void keepsTheRateOfAnOpenLoop() throws Exception {
        Report report = run(plan(4, 200.0, false));

        assertThat(report.objections()).isEmpty();
        assertThat(report.load().interval().perSecond()).isBetween(150.0, 250.0);
    }

    @Test
    void givesEachCallItsOwnTokenWhereTokensAreFresh() throws Exception {
        Report report = run(plan(2, null, true));

        assertThat(report.objections()).isEmpty();
        assertThat(stub.tokens).hasSize(stub.calls.get());
        assertThat(report.mintedDuringRun()).isEqualTo(Math.max(0, stub.calls.get() - 16));
    }

    @Test
    void objectsToRefusals() throws Exception {
        stub.refuseOneIn = 10;

        assertThat(run(plan(4, null, false)).objections())
                .anySatisfy(objection -> assertThat(objection).contains("RESOURCE_EXHAUSTED"));
    }

    @Test
    void objectsToACertificateOfSomebodyElse() throws Exception {
        stub.misnameOneIn = 2;

        assertThat(run(plan(4, null, false)).objections())
                .anySatisfy(objection -> assertThat(objection).contains("SPIFFE ID"));
    }

    @Test
    void reportsInTextAndInJson() throws Exception {
        Report report = run(plan(1, null, false));

        new TextReport(new PrintStream(said, true, StandardCharsets.UTF_8)).print(report);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("durable issuances");
        assertThat(JsonReport.of(report)).contains("\"p999_ms\": ");
    }

    private Report run(LoadPlan plan) throws Exception {
        Progress progress =
                new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), false);
        return new LoadRun(plan, TokenIssuer.generate(), progress, InstantSource.system())
                .against(new RunningElsewhere(stub.endpoint(), null, null));
    }

    private static LoadPlan plan(int callers, Double ratePerSecond, boolean freshTokens) {
        return new LoadPlan(
                callers,
                ratePerSecond,
                Duration.ofMillis(300),
                Duration.ofMillis(500),
                Duration.ZERO,
                Duration.ZERO,
                freshTokens,
                16,
                8,
                true,
                1,
                3);
    }
}
