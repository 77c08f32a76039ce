package dev.signet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// A short run against the real server on a real PostgreSQL, so that the generator cannot rot.
class StartedServerIT {

    @TempDir Path directory;

    @Test
    void everyCertificateReceivedIsOnRecordAndNoOther() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Progress progress =
                new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), false);
        TokenIssuer issuer = TokenIssuer.in(directory);
        LoadPlan plan =
                new LoadPlan(
                        8,
                        null,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(500),
                        Duration.ofMillis(100),
                        false,
                        64,
                        32,
                        true,
                        1,
                        5);
        Report report;
        try (StartedServer server =
                StartedServer.start(
                        new StartedServer.Options(
                                directory, null, ServerFlags.PRODUCTION, Map.of()),
                        new SecureRandom(),
                        progress)) {
            report = new LoadRun(plan, issuer, progress, InstantSource.system()).against(server);
        }

        assertThat(report.objections()).isEmpty();
        assertThat(report.recorded()).isEqualTo(report.successes());
        assertThat(report.load().interval().perSecond()).isPositive();
        assertThat(report.load().interval().server()).isPositive();
        assertThat(report.load().interval().postgresql()).isPositive();
        assertThat(report.checked()).isPositive();
        assertThat(report.crypto()).isNotNull();
        assertThat(report.commit()).isNotNull();
    }
}
