package dev.signet.ca.issuance;

import dev.signet.ca.audit.RefusalCounts;
import dev.signet.ca.refusal.Refusal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Tells the operator why requests are refused, but no more than a few times a second: who has no
/// credential must not be able to fill a disk. Metrics and the audit trail count them all.
/// Thread-safe.
final class RefusalLog {

    static final int LINES_PER_SECOND = 20;

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final LongSupplier nanoTime;
    private final RefusalCounts counts;
    private final AtomicLong second;
    private final AtomicInteger lines = new AtomicInteger();

    RefusalLog(LongSupplier nanoTime, RefusalCounts counts) {
        this.counts = counts;
        this.nanoTime = nanoTime;
        this.second = new AtomicLong(Math.floorDiv(nanoTime.getAsLong(), NANOS_PER_SECOND));
    }

    void log(EvidenceLabel evidence, Refusal refusal) {
        String why = refusal.diagnosis().isEmpty() ? refusal.message() : refusal.diagnosis();
        counts.count(refusal.code(), evidence.text(), "", why);
        long now = Math.floorDiv(nanoTime.getAsLong(), NANOS_PER_SECOND);
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            int dropped = lines.getAndSet(0) - LINES_PER_SECOND;
            if (dropped > 0) {
                log.info("{} more refusals were not logged", dropped);
            }
        }
        if (lines.incrementAndGet() <= LINES_PER_SECOND) {
            log.info("Refused: {} {}", refusal.code(), why);
        }
    }
}
