package dev.signet.benchmarks;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A load's warm-up and measured interval, and what all its calls came to.
///
/// @param interval the measured part
/// @param successes over the whole load, warm-up included
/// @param failures over the whole load, by status and code
/// @param remarks see [Load#remarks()]
/// @param complete whether every call had ended when the load was over
record Measurement(
        Interval interval,
        long successes,
        Map<String, Long> failures,
        Map<String, Long> remarks,
        boolean complete) {

    /// Runs the load, then closes it.
    static Measurement of(
            String title,
            Load load,
            Duration warmUp,
            Duration measured,
            @Nullable Long serverPid,
            @Nullable Long postmasterPid,
            Progress progress)
            throws InterruptedException {
        try (load) {
            load.start();
            progress.follow(title + ", warm-up", warmUp, load.tallies());
            take(load.tallies());
            Usage begin = Usage.now(serverPid, postmasterPid);
            progress.follow(title, measured, load.tallies());
            Histogram latencies = take(load.tallies());
            Usage end = begin.again();
            boolean complete = load.stop();
            return new Measurement(
                    Interval.between(begin, end, latencies),
                    load.tallies().stream().mapToLong(Tally::successes).sum(),
                    failures(load.tallies()),
                    load.remarks(),
                    complete);
        }
    }

    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Histogram take(List<Tally> tallies) {
        Histogram all = Tally.emptyHistogram();
        for (Tally tally : tallies) {
            all.add(tally.takeLatencies());
        }
        return all;
    }

    private static Map<String, Long> failures(List<Tally> tallies) {
        Map<String, Long> all = new TreeMap<>();
        for (Tally tally : tallies) {
            tally.failures().forEach((name, count) -> all.merge(name, count, Long::sum));
        }
        return all;
    }
}
