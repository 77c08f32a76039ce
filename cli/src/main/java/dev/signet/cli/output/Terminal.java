package dev.signet.cli.output;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The two streams of a command: results on `out`, everything else on `err`. Both are UTF-8. Styles
/// are dropped where the stream is no terminal, and where the user set `NO_COLOR`. Thread-safe as
/// far as whole lines go.
public final class Terminal {

    /// Set by the launcher, which can ask the system: the streams that are terminals, such as `out
    /// err`.
    static final String STREAMS_VARIABLE = "SIGNET_CLI_TERMINAL";

    private static final int DEFAULT_COLUMNS = 80;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean colour;
    private final int columns;

    Terminal(
            PrintStream out,
            PrintStream err,
            boolean outIsTerminal,
            boolean errIsTerminal,
            boolean colour,
            int columns) {
        this.out = out;
        this.err = err;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
        this.colour = colour;
        this.columns = columns;
    }

    /// This process's own.
    public static Terminal system() {
        Map<String, String> environment = System.getenv();
        String streams = environment.get(STREAMS_VARIABLE);
        boolean both = hasTerminal(System.console());
        return new Terminal(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                streams == null ? both : streams.contains("out"),
                streams == null ? both : streams.contains("err"),
                environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM")),
                columns(environment.get("COLUMNS")));
    }

    private static boolean hasTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    /// No terminal at all, for tests and for files.
    public static Terminal plain(PrintStream out, PrintStream err) {
        return new Terminal(out, err, false, false, false, DEFAULT_COLUMNS);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static int columns(@Nullable String text) {
        if (text == null || !text.matches("[1-9][0-9]{0,3}")) {
            return DEFAULT_COLUMNS;
        }
        return Math.max(40, Integer.parseInt(text));
    }

    /// For results.
    public PrintStream out() {
        return out;
    }

    /// For everything else.
    public PrintStream err() {
        return err;
    }

    /// Whether a line of `err` can be overwritten.
    public boolean errIsTerminal() {
        return errIsTerminal;
    }

    /// Whether results go to a screen.
    public boolean outIsTerminal() {
        return outIsTerminal;
    }

    /// Width of the screen.
    public int columns() {
        return columns;
    }

    /// How text on `out` is marked.
    public Style outStyle() {
        return Style.of(colour && outIsTerminal);
    }

    /// How text on `err` is marked.
    public Style errStyle() {
        return Style.of(colour && errIsTerminal);
    }
}
