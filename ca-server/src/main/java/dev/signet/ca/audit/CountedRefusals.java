package dev.signet.ca.audit;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Counts in memory, a minute after the other; [#tick] writes those that have ended. Thread-safe.
final class CountedRefusals implements RefusalCounts {

    /// While PostgreSQL is away longer, the oldest minutes become one.
    static final int MAX_WAITING_MINUTES = 60;

    private static final Logger log = LoggerFactory.getLogger(CountedRefusals.class);

    /// Where counts end up.
    interface Store {

        /// Writes all or none; what it wrote before it does not write again.
        ///
        /// @throws LedgerUnavailableException when PostgreSQL did not confirm
        void write(List<RefusalCount> counts);

        List<RefusalCount> read(Instant from, Instant before, int limit);
    }

    private static final int MAX_LIMIT = 10_000;

    private final Store store;
    private final AuditLines lines;
    private final String replica;
    private final InstantSource clock;
    private final Deque<RefusalMinute> waiting = new ArrayDeque<>();

    private volatile RefusalMinute current;

    /// Ended, but a thread that took it before may still be adding to it.
    private @Nullable RefusalMinute ending;

    private boolean failedBefore;

    CountedRefusals(Store store, AuditLines lines, String replica, InstantSource clock) {
        this.store = store;
        this.lines = lines;
        this.replica = replica;
        this.clock = clock;
        this.current = new RefusalMinute(minute());
    }

    @Override
    public void count(RefusalCode code, String kind, String detail, String diagnosis) {
        current.count(code, kind, detail, diagnosis, 1);
    }

    @Override
    public List<RefusalCount> between(Instant from, Instant before, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        return store.read(from, before, limit);
    }

    /// To be called every second or so. Never throws.
    synchronized void tick() {
        if (ending != null) {
            take(ending);
            ending = null;
        }
        Instant now = minute();
        if (now.isAfter(current.began())) {
            ending = current;
            current = new RefusalMinute(now);
        }
        write();
    }

    /// Writes everything. Nobody counts any more.
    synchronized void finish() {
        if (ending != null) {
            take(ending);
            ending = null;
        }
        take(current);
        current = new RefusalMinute(minute());
        write();
    }

    private void take(RefusalMinute ended) {
        List<RefusalCount> counts = ended.counts(replica);
        if (counts.isEmpty()) {
            return;
        }
        counts.forEach(lines::refusals);
        waiting.addLast(ended);
        if (waiting.size() > MAX_WAITING_MINUTES) {
            waiting.addFirst(together(waiting.removeFirst(), waiting.removeFirst()));
        }
    }

    private RefusalMinute together(RefusalMinute first, RefusalMinute second) {
        RefusalMinute both = new RefusalMinute(first.began());
        List<RefusalCount> counts = new ArrayList<>(first.counts(replica));
        counts.addAll(second.counts(replica));
        for (RefusalCount count : counts) {
            both.count(
                    count.code(), count.kind(), count.detail(), count.sample(), count.refusals());
        }
        return both;
    }

    private void write() {
        while (!waiting.isEmpty()) {
            try {
                store.write(waiting.getFirst().counts(replica));
            } catch (RuntimeException e) {
                if (!failedBefore) {
                    log.warn("Refusal counts are kept in memory: PostgreSQL did not take them", e);
                }
                failedBefore = true;
                return;
            }
            failedBefore = false;
            waiting.removeFirst();
        }
    }

    private Instant minute() {
        return clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }
}
