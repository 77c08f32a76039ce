package dev.signet.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class TableTest {

    @Test
    void alignsColumnsAndFreesCellsOfControlCharacters() {
        Table table = new Table("A", "LONG HEADING", "C");
        table.add("a value", "x", "1");
        table.add("b\u001b[0m\n", "…", "2");
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        table.print(new PrintStream(octets, true, StandardCharsets.UTF_8), Style.of(false), "  ");
        assertThat(octets.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines(
                        """
                          A         LONG HEADING   C
                          a value   x              1
                          b?[0m?    …              2
                        """);
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("A").add("a", "b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
