package dev.signet.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

class IssuerImageIT {

    @TempDir static Path directory;

    private static UnpackedImage image;

    @BeforeAll
    static void unpack() throws IOException {
        image =
                UnpackedImage.of(
                        Path.of("../issuer/target/signet-issuer.tar"), directory.resolve("root"));
    }

    @Test
    void runsAsNobodyAndStartsTheController() {
        var configuration = image.configuration().path("config");
        assertThat(configuration.path("User").asString()).isEqualTo("65532:65532");
        assertThat(configuration.path("Entrypoint").toString())
                .isEqualTo("[\"/opt/java/bin/java\",\"@/app/issuer\"]");
    }

    @Test
    void holdsWhatAnImageMayHoldAndNoMore() throws IOException {
        image.holdsWhatItMay("issuer");
    }

    @Test
    void knowsEveryFlagThatTheChartGivesIt() throws Exception {
        Path log = directory.resolve("help.log");
        Process process = image.start("issuer", log, "--help");
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(log)
                .content()
                .contains(
                        "--cluster-name",
                        "--cluster-resource-namespace",
                        "--token-file",
                        "--http-port",
                        "leader-election",
                        "--workers",
                        "--watch-namespaces",
                        "--trust-issuer",
                        "--trust-config-map",
                        "--trust-namespace-label");
    }
}
