package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class LedgerSettingsTest {

    private static final String URL = "jdbc:postgresql://db.example/signet";

    @Test
    void whatIsNotSetHasTheSameDefaultsFromConfigurationAndInCode() {
        assertThat(bind(Map.of(), "signet.ledger", LedgerSettings.class))
                .isEqualTo(LedgerSettings.defaults());
        assertThat(
                        bind(
                                Map.of("signet.database.url", URL),
                                "signet.database",
                                DatabaseSettings.class))
                .isEqualTo(DatabaseSettings.of(URL, "", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "signet.ledger.queue-places, 0, 1 to 100000",
        "signet.ledger.batch-limit, 1001, 1 to 1000",
        "signet.ledger.writers, 5, 1 to 4",
        "signet.ledger.retention, 23h, PT24H",
        "signet.ledger.partitions-ahead, 1d, PT48H",
        "signet.ledger.max-clock-skew, 2h, PT1H",
    })
    void namesTheSettingThatIsOutOfBounds(String name, String value, String expected) {
        assertThatThrownBy(() -> bind(Map.of(name, value), "signet.ledger", LedgerSettings.class))
                .rootCause()
                .hasMessageContaining(name)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "signet.database.url, jdbc:mysql://db.example/signet, expected: jdbc:postgresql:",
        "signet.database.pool-size, 0, 1 to 100",
        "signet.database.statement-timeout, 6s, signet.database.socket-timeout",
    })
    void namesTheDatabaseSettingThatIsWrong(String name, String value, String expected) {
        Map<String, String> values = new java.util.HashMap<>(Map.of("signet.database.url", URL));
        values.put(name, value);
        assertThatThrownBy(() -> bind(values, "signet.database", DatabaseSettings.class))
                .rootCause()
                .hasMessageContaining(expected);
    }

    @Test
    void R20_aPasswordIsNotShown(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "canary-2\nsecond line");
        DatabaseSettings settings =
                bind(
                        Map.of(
                                "signet.database.url",
                                URL + "?password=canary-1",
                                "signet.database.password-file",
                                file.toString(),
                                "signet.database.migration-username",
                                "owner",
                                "signet.database.migration-password",
                                "canary-3"),
                        "signet.database",
                        DatabaseSettings.class);
        assertThat(settings.toString() + settings.serverLogin() + settings.migrationLogin())
                .doesNotContain("canary");
        assertThat(settings.serverLogin().password()).isEqualTo("canary-2");
        assertThat(settings.migrationLogin().password()).isEqualTo("canary-3");
    }

    private static <T> T bind(Map<String, String> values, String prefix, Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
    }
}
