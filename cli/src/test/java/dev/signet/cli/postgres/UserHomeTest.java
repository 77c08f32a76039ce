package dev.signet.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class UserHomeTest {

    @Test
    void theVariableWinsThenTheRecordThenThereIsNone() {
        assertThat(UserHome.path("/a", "/b")).isEqualTo(Path.of("/a"));
        assertThat(UserHome.path(" ", "/b")).isEqualTo(Path.of("/b"));
        assertThat(UserHome.path(null, "/b")).isEqualTo(Path.of("/b"));
        assertThat(UserHome.path(null, "?")).isEqualTo(UserHome.NONE);
        assertThat(UserHome.path(null, "")).isEqualTo(UserHome.NONE);
        assertThat(UserHome.path(null, null)).isEqualTo(UserHome.NONE);
    }
}
