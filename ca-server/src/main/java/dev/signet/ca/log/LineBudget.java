package dev.signet.ca.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Bounds how often one place in the code writes a warning or error: a stranger who can cause one
/// must not fill the disk, nor roll what matters out of the log. A filter of an appender, each with
/// a count of its own; what was left out is told with the next line of the same kind
/// ([OmittedLines]). Thread-safe.
///
/// Our own messages are constant, so each is counted by itself; those of other projects have values
/// in them, so each of their loggers is.
public final class LineBudget extends Filter<ILoggingEvent> {

    private static final String OURS = "dev.signet.";
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// In a minute: with a stack trace, and without.
    static final int TRACES = 3;

    static final int LINES = 60;

    /// Of another project's logger, in a minute.
    static final int FOREIGN = 3;

    private static final int MAX_KINDS = 1_000;

    /// How many lines like the one that is being written were left out before it.
    private static final ThreadLocal<Long> OMITTED = new ThreadLocal<>();

    private final Map<String, Window> windows = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    private static final class Window {
        private long begin;
        private int written;
        private long omitted;
    }

    public LineBudget() {
        this(System::nanoTime);
    }

    LineBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// For [OmittedLines], in the thread that writes: 0 where nothing was left out.
    static long omitted() {
        Long omitted = OMITTED.get();
        return omitted == null ? 0 : omitted;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        OMITTED.remove();
        boolean ours = event.getLoggerName().startsWith(OURS);
        if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        int most = !ours ? FOREIGN : event.getThrowableProxy() != null ? TRACES : LINES;
        Window window = window(event, ours);
        synchronized (window) {
            long now = nanoTime.getAsLong();
            if (now - window.begin >= WINDOW_NANOS) {
                window.begin = now;
                window.written = 0;
            }
            if (window.written >= most) {
                window.omitted++;
                return FilterReply.DENY;
            }
            window.written++;
            if (window.omitted > 0) {
                OMITTED.set(window.omitted);
                window.omitted = 0;
            }
        }
        return FilterReply.NEUTRAL;
    }

    private Window window(ILoggingEvent event, boolean ours) {
        String message = ours ? event.getMessage() : null;
        String kind =
                message == null ? event.getLoggerName() : event.getLoggerName() + '\n' + message;
        Window known = windows.get(kind);
        if (known != null) {
            return known;
        }
        return windows.computeIfAbsent(
                windows.size() < MAX_KINDS ? kind : "",
                _ -> {
                    Window made = new Window();
                    made.begin = nanoTime.getAsLong();
                    return made;
                });
    }
}
