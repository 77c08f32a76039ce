package dev.signet.ca.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Tells the operator why requests are refused, with the diagnosis that callers do not get, but no
/// more than some lines a second: who has no credential must not be able to fill a disk, nor to
/// crowd out the lines about those who have one. Thread-safe; never blocks beyond the log itself.
final class RefusalLog {

    /// For callers whose evidence was verified, and again for all others.
    static final int LINES_PER_SECOND = 10;

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Budget verified;
    private final Budget others;

    RefusalLog(LongSupplier nanoTime) {
        this.verified = new Budget(nanoTime);
        this.others = new Budget(nanoTime);
    }

    /// @param request printable
    void refused(RefusedRequest request) {
        if (log.isInfoEnabled() && (request.verified() ? verified : others).takes()) {
            log.info("Refused: {}", request.line());
        }
    }

    private static final class Budget {

        private final LongSupplier nanoTime;
        private final AtomicLong second;
        private final AtomicInteger lines = new AtomicInteger();

        Budget(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
            this.second = new AtomicLong(Math.floorDiv(nanoTime.getAsLong(), NANOS_PER_SECOND));
        }

        boolean takes() {
            long now = Math.floorDiv(nanoTime.getAsLong(), NANOS_PER_SECOND);
            long before = second.get();
            if (now != before && second.compareAndSet(before, now)) {
                int dropped = lines.getAndSet(0) - LINES_PER_SECOND;
                if (dropped > 0) {
                    log.info("{} more refusals were not logged", dropped);
                }
            }
            return lines.incrementAndGet() <= LINES_PER_SECOND;
        }
    }
}
