package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServerProcessIT {

    private static final String IDENTITY = "spiffe://test.signet/ns/shop/sa/orders";

    @TempDir Path directory;

    @Test
    void aServerThatWasKilledGoesOnWhereItWas() throws Exception {
        try (PostgresProcess postgres = PostgresProcess.start(directory.resolve("postgres"));
                ServerProcess server =
                        ServerProcess.start(directory.resolve("server"), postgres, Map.of())) {
            String bundle = server.get("/trust-bundle.pem").body();
            assertThat(server.joinToken(IDENTITY)).isNotEmpty();
            server.kill();
            assertThat(server.isAlive()).isFalse();
            assertThat(server.ready()).isFalse();
            server.startAgain();
            assertThat(server.get("/trust-bundle.pem").body()).isEqualTo(bundle);

            postgres.kill();
            await().atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> !server.joinToken(IDENTITY).isEmpty());
            server.stop();
        }
    }
}
