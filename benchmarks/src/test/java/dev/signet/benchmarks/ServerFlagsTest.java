package dev.signet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ServerFlagsTest {

    @Test
    void areThoseOfTheLauncher() throws IOException {
        String launcher = Files.readString(Path.of("..", "signet"));

        assertThat(ServerFlags.PRODUCTION)
                .isEqualTo(
                        java.util.List.of(
                                (value(launcher, "COMMON_FLAGS")
                                                + " "
                                                + value(launcher, "SERVER_FLAGS"))
                                        .split(" ")));
    }

    private static String value(String script, String variable) {
        String from = script.substring(script.indexOf("\n" + variable + "='") + 1);
        return from.split("'")[1];
    }
}
