package dev.signet.ca.audit;

import dev.signet.ca.ledger.LedgerUnavailableException;

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

/// Counts and keeps in memory, a minute after the other; [#tick] writes those that have ended.
/// Thread-safe.
final class CountedRefusals implements RefusalRecords {

    /// While PostgreSQL is unavailable longer, the oldest minutes become one.
    static final int MAX_WAITING_MINUTES = 60;

    /// While PostgreSQL is unavailable longer, the detail of the oldest minutes is dropped; they
    /// are counted all the same.
    static final int MAX_DETAILED_MINUTES = 15;

    private static final Logger log = LoggerFactory.getLogger(CountedRefusals.class);

    /// Where counts end up.
    interface Store {

        /// Writes all or none; what it wrote before it does not write again.
        ///
        /// @param began first instant of the minute
        /// @param refusals each has its place in this list for good
        /// @throws LedgerUnavailableException when PostgreSQL did not confirm
        void write(Instant began, List<RefusalCount> counts, List<RecordedRefusal> refusals);

        List<RefusalCount> read(Instant from, Instant before, int limit);

        Page search(Criteria criteria, int limit, @Nullable String pageToken);
    }

    private static final int MAX_COUNTS = 10_000;
    private static final int MAX_PAGE = 1_000;

    private final Store store;
    private final AuditLines lines;
    private final String replica;
    private final InstantSource clock;
    private final RefusalLog refusalLog;
    private final Deque<Ended> waiting = new ArrayDeque<>();

    private volatile RefusalMinute current;

    /// Ended, but a thread that took it before may still be adding to it.
    private @Nullable RefusalMinute ending;

    private boolean failedBefore;

    /// A minute that waits to be written; the same at each attempt.
    private record Ended(
            Instant began, List<RefusalCount> counts, List<RecordedRefusal> refusals) {}

    CountedRefusals(
            Store store,
            AuditLines lines,
            String replica,
            InstantSource clock,
            RefusalLog refusalLog) {
        this.store = store;
        this.lines = lines;
        this.replica = replica;
        this.clock = clock;
        this.refusalLog = refusalLog;
        this.current = new RefusalMinute(minute());
    }

    @Override
    public void refused(RefusedRequest request) {
        RefusedRequest printable = request.printable();
        current.add(printable, clock.instant());
        refusalLog.refused(printable);
    }

    @Override
    public List<RefusalCount> counts(Instant from, Instant before, int limit) {
        require(limit, MAX_COUNTS);
        return store.read(from, before, limit);
    }

    @Override
    public Page search(Criteria criteria, int limit, @Nullable String pageToken) {
        require(limit, MAX_PAGE);
        return store.search(criteria, limit, pageToken);
    }

    private static void require(int limit, int max) {
        if (limit < 1 || limit > max) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + max + ")");
        }
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

    private void take(RefusalMinute minute) {
        Ended ended =
                new Ended(
                        minute.began(), minute.counts(replica), minute.samples().records(replica));
        if (ended.counts.isEmpty()) {
            return;
        }
        ended.counts.forEach(lines::refusals);
        ended.refusals.forEach(lines::refused);
        waiting.addLast(ended);
        if (waiting.size() > MAX_WAITING_MINUTES) {
            waiting.addFirst(together(waiting.removeFirst(), waiting.removeFirst()));
        }
        if (waiting.size() > MAX_DETAILED_MINUTES) {
            dropDetail();
        }
    }

    /// Of all but the newest.
    private void dropDetail() {
        List<Ended> all = new ArrayList<>(waiting);
        waiting.clear();
        for (int i = 0; i < all.size(); i++) {
            Ended each = all.get(i);
            waiting.addLast(
                    i < all.size() - MAX_DETAILED_MINUTES && !each.refusals.isEmpty()
                            ? new Ended(each.began, each.counts, List.of())
                            : each);
        }
    }

    private Ended together(Ended first, Ended second) {
        RefusalMinute both = new RefusalMinute(first.began);
        List<RefusalCount> counts = new ArrayList<>(first.counts);
        counts.addAll(second.counts);
        for (RefusalCount count : counts) {
            both.count(
                    count.code(), count.kind(), count.detail(), count.sample(), count.refusals());
        }
        return new Ended(first.began, both.counts(replica), List.of());
    }

    private void write() {
        while (!waiting.isEmpty()) {
            try {
                Ended ended = waiting.getFirst();
                store.write(ended.began, ended.counts, ended.refusals);
            } catch (RuntimeException e) {
                if (!failedBefore) {
                    log.warn("Refusals are kept in memory: PostgreSQL did not take them", e);
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
