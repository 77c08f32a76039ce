package dev.signet.ca.wire;

import dev.signet.ca.audit.RefusalCounts;
import dev.signet.ca.refusal.Refusal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Tells the operator why calls were refused, with the diagnosis that the caller does not get. At
/// most some lines a second, so that a flood of refusals does not become a flood of the disk; the
/// audit trail counts them all. Thread-safe; never blocks beyond the log itself.
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LINES_PER_SECOND = 10;
    private static final int MAX_TEXT = 512;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final RefusalCounts counts;
    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger lines = new AtomicInteger();
    private final AtomicLong left = new AtomicLong();

    RefusalLog(RefusalCounts counts) {
        this.counts = counts;
    }

    void refused(String method, Object peer, Refusal refusal) {
        counts.count(
                refusal.code(),
                method,
                "",
                refusal.diagnosis().isEmpty() ? refusal.message() : refusal.diagnosis());
        if (!LOG.isInfoEnabled()) {
            return;
        }
        long now = System.nanoTime() / NANOS_PER_SECOND;
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            lines.set(0);
            long silent = left.getAndSet(0);
            if (silent > 0) {
                LOG.info("{} more refusals were not logged", silent);
            }
        }
        if (lines.incrementAndGet() > LINES_PER_SECOND) {
            left.incrementAndGet();
            return;
        }
        LOG.info(
                "refused {} from {}: {}: {}",
                method,
                peer,
                refusal.code(),
                printable(
                        refusal.diagnosis().isEmpty()
                                ? refusal.message()
                                : refusal.message() + " [" + refusal.diagnosis() + "]"));
    }

    /// Text that may hold what a caller wrote, on one line.
    static String printable(String text) {
        String bounded = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
        StringBuilder printable = new StringBuilder(bounded.length());
        bounded.codePoints()
                .forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return printable.toString();
    }
}
