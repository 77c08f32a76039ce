package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts by code and kind, for tests of other packages.
public final class InMemoryRefusalCounts implements RefusalCounts {

    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    @Override
    public void count(RefusalCode code, String kind, String detail, String diagnosis) {
        counts.merge(code + " " + kind, 1L, Long::sum);
    }

    @Override
    public List<RefusalCount> between(Instant from, Instant before, int limit) {
        throw new UnsupportedOperationException("nothing is on record here");
    }

    public long count(RefusalCode code, String kind) {
        return counts.getOrDefault(code + " " + kind, 0L);
    }
}
