package dev.signet.issuer.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "2160h0m0s,PT2160H",
        "1h30m,PT1H30M",
        "1.5h,PT1H30M",
        "500ms,PT0.5S",
        "90s,PT1M30S",
        "1h0m0.25s,PT1H0.25S",
        "0,PT0S",
        "-5m,PT-5M",
        "3us,PT0.000003S"
    })
    void readsWhatGoWrites(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "h", "1", "1d", "1 h", "1h ", "--1h", "1e3s", ".5h", "PT1H", "1h-1m"})
    void refusesWhatGoWouldNotRead(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    @Test
    void refusesWhatIsLongerThanItCanSay() {
        assertThat(GoDuration.parse("999999999999h")).isEmpty();
        assertThat(GoDuration.parse("1h".repeat(40))).isEmpty();
    }
}
