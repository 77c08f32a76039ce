package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoIT {

    @Test
    void everyStepHolds() {
        Run demo = Run.signet("demo", "--json");
        assertThat(demo.code()).as(demo.err()).isEqualTo(ExitCode.OK);
        assertThat(demo.out())
                .contains("\"held\": true")
                .contains("\"failures\": 0")
                .contains("TOKEN_ALREADY_USED");
        assertThat(demo.err()).contains("not accepted here").contains("Every step held");
    }
}
