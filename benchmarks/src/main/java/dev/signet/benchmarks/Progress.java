package dev.signet.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Tells a watching human how far the run is: a bar that redraws itself on a terminal, a line every
/// five seconds elsewhere. One thread.
final class Progress {

    private static final int BAR_WIDTH = 30;
    private static final Duration ON_TERMINAL = Duration.ofMillis(250);
    private static final Duration ELSEWHERE = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private long partShown;

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void step(String what) {
        out.println(what);
    }

    /// Waits for `length`, showing the rate of successes meanwhile.
    void follow(String title, Duration length, List<Tally> tallies) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + length.toNanos();
        long every = (terminal ? ON_TERMINAL : ELSEWHERE).toNanos();
        long lastCount = successes(tallies);
        long last = begin;
        while (true) {
            long now = System.nanoTime();
            if (now - end >= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(every, end - now));
            now = System.nanoTime();
            long count = successes(tallies);
            show(title, now - begin, length, (count - lastCount) * 1e9 / (now - last));
            lastCount = count;
            last = now;
        }
        if (terminal) {
            out.println();
        }
    }

    /// Shows how much of a known whole is done.
    void part(String what, long done, long whole) {
        long now = System.nanoTime();
        if (done < whole
                && partShown != 0
                && now - partShown < (terminal ? ON_TERMINAL : ELSEWHERE).toNanos()) {
            return;
        }
        partShown = now;
        String text = String.format(Locale.ROOT, "%,d of %,d %s", done, whole, what);
        if (terminal) {
            int bar = (int) (BAR_WIDTH * done / whole);
            out.print("\r[" + "#".repeat(bar) + ".".repeat(BAR_WIDTH - bar) + "] " + text);
            out.print(done < whole ? "" : "\n");
            out.flush();
        } else {
            out.println(text);
        }
    }

    private void show(String title, long sinceNanos, Duration length, double perSecond) {
        double seconds = sinceNanos / 1e9;
        String text =
                String.format(
                        Locale.ROOT,
                        "%-26s %5.1f of %3d s  %,9.0f/s",
                        title,
                        Math.min(seconds, length.toNanos() / 1e9),
                        length.toSeconds(),
                        perSecond);
        if (terminal) {
            int done = (int) Math.min(BAR_WIDTH, BAR_WIDTH * sinceNanos / length.toNanos());
            out.print("\r[" + "#".repeat(done) + ".".repeat(BAR_WIDTH - done) + "] " + text);
            out.flush();
        } else {
            out.println(text);
        }
    }

    private static long successes(List<Tally> tallies) {
        return tallies.stream().mapToLong(Tally::successes).sum();
    }
}
