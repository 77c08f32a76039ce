package dev.signet.benchmarks;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// What became of the calls of one event loop. Successes are recorded by that loop alone; anybody
/// may read, one reader at a time.
final class Tally {

    /// Latencies above it count as this one.
    private static final long LONGEST_MICROSECONDS = TimeUnit.MINUTES.toMicros(1);

    private static final int SIGNIFICANT_DIGITS = 3;

    private final SingleWriterRecorder latencies =
            new SingleWriterRecorder(LONGEST_MICROSECONDS, SIGNIFICANT_DIGITS);
    private final LongAdder successes = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

    static Histogram emptyHistogram() {
        return new Histogram(LONGEST_MICROSECONDS, SIGNIFICANT_DIGITS);
    }

    void success(long latencyNanos) {
        long microseconds = TimeUnit.NANOSECONDS.toMicros(latencyNanos);
        latencies.recordValue(Math.clamp(microseconds, 1, LONGEST_MICROSECONDS));
        successes.increment();
    }

    /// @param name status and permanent code, or what else happened
    void failure(String name) {
        failures.computeIfAbsent(name, _ -> new LongAdder()).increment();
    }

    /// Successes since the beginning, warm-up included: each has a row in the ledger.
    long successes() {
        return successes.sum();
    }

    /// Latencies in microseconds of the successes since the last call of this method.
    Histogram takeLatencies() {
        return latencies.getIntervalHistogram();
    }

    /// Failures since the beginning, by status and permanent code.
    Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((name, count) -> counts.put(name, count.sum()));
        return counts;
    }
}
