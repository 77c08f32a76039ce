package dev.signet.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class ProgressTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);

    @Test
    void isPlainLinesWithoutATerminal() {
        try (Progress progress = new Progress(Terminal.plain(stream, stream))) {
            progress.begin("Starting");
            progress.detail("unpacking");
            progress.detail("unpacking");
            progress.count("17");
            progress.done("running");
            progress.begin("More");
            progress.failed("no more");
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines(
                        """
                           Starting: unpacking
                         ✓  running
                         ✗  no more
                        """);
    }

    @Test
    void leavesNoHalfLineOnATerminal() {
        Terminal terminal = new Terminal(stream, stream, true, true, true, 80);
        try (Progress progress = new Progress(terminal)) {
            progress.begin("Starting");
            org.awaitility.Awaitility.await().until(() -> err.size() > 0);
        }
        String painted = err.toString(StandardCharsets.UTF_8);
        assertThat(painted).contains("Starting").endsWith("\r\u001b[K");
    }

    @Test
    void stylesOnlyWhereColourIsWanted() {
        assertThat(Style.of(true).green("x")).isEqualTo("\u001b[32mx\u001b[0m");
        assertThat(Style.of(false).green("x")).isEqualTo("x");
        assertThat(new Terminal(stream, stream, false, true, true, 80).outStyle().bold("x"))
                .isEqualTo("x");
        assertThat(new Terminal(stream, stream, true, true, false, 80).outStyle().bold("x"))
                .isEqualTo("x");
    }
}
