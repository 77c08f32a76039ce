package dev.signet.cli.output;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;

/// Steps of a command on stderr: what is under way as one line that changes on a terminal, each
/// ended step as a line that stays. Elsewhere each step is a line when it begins to take long or
/// has ended. Thread-safe.
public final class Progress implements AutoCloseable {

    private static final String[] FRAMES = "⠋ ⠙ ⠹ ⠸ ⠼ ⠴ ⠦ ⠧ ⠇ ⠏".split(" ", -1);
    private static final Duration FRAME = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofMillis(300);

    private final Terminal terminal;
    private final PrintStream err;
    private final Style style;
    private final Object monitor = new Object();
    private final @Nullable Thread painter;
    private @Nullable String title;
    private String detail = "";
    private String told = "";
    private long startedAt;
    private boolean painted;
    private boolean closed;

    public Progress(Terminal terminal) {
        this.terminal = terminal;
        this.err = terminal.err();
        this.style = terminal.errStyle();
        this.painter =
                terminal.errIsTerminal()
                        ? Thread.ofPlatform().name("progress").daemon().start(this::paint)
                        : null;
    }

    /// Begins a step.
    public void begin(String what) {
        synchronized (monitor) {
            title = what;
            detail = "";
            told = "";
            startedAt = System.nanoTime();
        }
    }

    /// What the step is at; replaces what was said before.
    public void detail(String what) {
        synchronized (monitor) {
            detail = what;
            if (painter == null && title != null && !what.equals(told)) {
                told = what;
                err.println("   " + title + ": " + what);
            }
        }
    }

    /// What the step is at, for numbers that change often: not told where there is no terminal.
    public void count(String what) {
        synchronized (monitor) {
            detail = what;
        }
    }

    /// Prints something else, such as a line of the result, with the step's line out of its way.
    public void pause(Runnable print) {
        synchronized (monitor) {
            erase();
            err.flush();
            print.run();
        }
    }

    /// Ends the step well.
    public void done(String what) {
        end(style.green("✓") + "  " + what);
    }

    /// Ends the step badly.
    public void failed(String what) {
        end(style.red("✗") + "  " + what);
    }

    /// A line beside the steps.
    public void say(String line) {
        synchronized (monitor) {
            erase();
            err.println(line);
        }
    }

    private void end(String line) {
        synchronized (monitor) {
            long millis = (System.nanoTime() - startedAt) / 1_000_000;
            boolean timed = title != null && millis >= 100;
            title = null;
            erase();
            err.println(" " + line + (timed ? style.dim("  " + seconds(millis)) : ""));
        }
    }

    private static String seconds(long millis) {
        return "%.1f s".formatted(millis / 1000.0);
    }

    private void paint() {
        synchronized (monitor) {
            for (int frame = 0; !closed; frame++) {
                long millis = (System.nanoTime() - startedAt) / 1_000_000;
                if (title != null && millis >= QUIET.toMillis()) {
                    String rest = title + (detail.isEmpty() ? "" : "  " + detail);
                    String clock = "  " + millis / 1000 + " s";
                    int room = terminal.columns() - clock.length() - 5;
                    err.print(
                            "\r\u001b[K "
                                    + style.cyan(FRAMES[frame % FRAMES.length])
                                    + "  "
                                    + (rest.length() > room ? rest.substring(0, room) : rest)
                                    + style.dim(clock));
                    err.flush();
                    painted = true;
                }
                try {
                    monitor.wait(FRAME.toMillis());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void erase() {
        if (painted) {
            err.print("\r\u001b[K");
            painted = false;
        }
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            title = null;
            erase();
            err.flush();
            monitor.notifyAll();
        }
    }
}
