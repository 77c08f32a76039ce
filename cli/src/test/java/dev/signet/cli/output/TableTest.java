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
    void fitsTheScreenAndKeepsTimesAndWhatOtherCommandsTake() {
        Table table = new Table("SERIAL", "SPIFFE ID", "REASON", "AT").whole("SERIAL");
        table.add(
                "6a2f000000000000",
                "spiffe://signet.local/ns/shop/sa/orders-and-more",
                "the reason is a long story that nobody reads on a screen",
                "2026-01-31T12:00:00Z");
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        assertThat(table.print(terminal(screen, true))).isTrue();
        assertThat(screen.toString(StandardCharsets.UTF_8).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .contains("6a2f000000000000", "2026-01-31T12:00:00Z", "orders-and-more", "the re");
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        assertThat(table.print(terminal(pipe, false))).isFalse();
        assertThat(pipe.toString(StandardCharsets.UTF_8))
                .contains("spiffe://signet.local/ns/shop/sa/orders-and-more", "on a screen");
    }

    private static Terminal terminal(ByteArrayOutputStream out, boolean screen) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Terminal(stream, stream, screen, screen, false, 80);
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("A").add("a", "b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
