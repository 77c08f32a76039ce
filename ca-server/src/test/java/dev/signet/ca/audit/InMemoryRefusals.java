package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Keeps every refusal that it is told of, for tests of other packages.
public final class InMemoryRefusals implements RefusalRecords {

    public final Queue<RefusedRequest> refused = new ConcurrentLinkedQueue<>();

    @Override
    public void refused(RefusedRequest request) {
        refused.add(request);
    }

    @Override
    public List<RefusalCount> counts(Instant from, Instant before, int limit) {
        throw new UnsupportedOperationException("nothing is on record here");
    }

    @Override
    public Page search(Criteria criteria, int limit, String pageToken) {
        throw new UnsupportedOperationException("nothing is on record here");
    }

    public long count(RefusalCode code, String kind) {
        return refused.stream()
                .filter(each -> each.refusal().code() == code && each.kind().equals(kind))
                .count();
    }
}
