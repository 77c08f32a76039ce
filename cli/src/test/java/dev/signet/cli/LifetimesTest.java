package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

class LifetimesTest {

    private final Lifetimes lifetimes = new Lifetimes();

    @Test
    void readsShortAndIsoForms() {
        assertThat(lifetimes.convert("90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(lifetimes.convert("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(lifetimes.convert("2h")).isEqualTo(Duration.ofHours(2));
        assertThat(lifetimes.convert("1d")).isEqualTo(Duration.ofDays(1));
        assertThat(lifetimes.convert("PT1H30M")).isEqualTo(Duration.ofMinutes(90));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "0s", "-1s", "1.5h", "PT0.5S", "PT1.5S", "1w", "9999999999s"})
    void refusesWhatIsNoWholeNumberOfSeconds(String text) {
        assertThatThrownBy(() -> lifetimes.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("expected");
    }
}
