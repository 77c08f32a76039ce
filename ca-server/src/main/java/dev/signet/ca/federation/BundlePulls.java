package dev.signet.ca.federation;

import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.federation.JdbcFederation.Row;
import dev.signet.ca.federation.JdbcFederation.Stored;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Pulls each relationship's bundle when it is due: as often as the other side hints, within
/// bounds, a tenth of that sooner or later. Of all replicas one does, which a row in the database
/// tells the others. A failure changes nothing: the last good bundle stays, the next turn comes.
/// Thread-safe.
final class BundlePulls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BundlePulls.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration FORGET = Duration.ofHours(1);
    private static final double JITTER = 0.1;

    private final FederationSettings settings;
    private final KnownFederation known;
    private final JdbcFederation store;
    private final BundleRequest request;
    private final String replica;
    private final RandomGenerator random;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-federation").factory());
    private final ExecutorService pulling =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("signet-federation-pull-", 0).factory());
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

    // Only the scheduler's thread uses these two: when this replica asks next, in nanoseconds.
    private final Map<Long, Long> next = new HashMap<>();
    private long nextForget;

    BundlePulls(
            FederationSettings settings,
            KnownFederation known,
            JdbcFederation store,
            BundleRequest request,
            String replica,
            RandomGenerator random) {
        this.settings = settings;
        this.known = known;
        this.store = store;
        this.request = request;
        this.replica = replica;
        this.random = random;
    }

    /// Begins to look at what is due, twice a second.
    void start() {
        nextForget = System.nanoTime() + FORGET.toNanos();
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            known.look();
            if (settings.enabled()) {
                List<Row> rows = known.rows();
                next.keySet()
                        .retainAll(rows.stream().map(row -> row.relationship().number()).toList());
                rows.forEach(this::pullWhenDue);
                if (System.nanoTime() - nextForget >= 0) {
                    nextForget = System.nanoTime() + FORGET.toNanos();
                    store.forgetPulls();
                }
            }
        } catch (RuntimeException e) {
            log.warn("Foreign bundles were not pulled", e);
        }
    }

    private void pullWhenDue(Row row) {
        long number = row.relationship().number();
        long now = System.nanoTime();
        Long due = next.get(number);
        if ((due != null && now - due < 0) || !underWay.add(number)) {
            return;
        }
        Duration interval = interval(row);
        next.put(number, now + interval.toNanos());
        pulling.execute(() -> {
            try {
                // A replica that starts, or the clocks of two, must not ask twice as often.
                if (store.begin(number, interval.multipliedBy(4).dividedBy(5), replica)) {
                    pull(row);
                }
            } catch (RuntimeException e) {
                log.warn("The bundle of {} was not pulled", row.relationship().trustDomain(), e);
            } finally {
                underWay.remove(number);
            }
        });
    }

    private Duration interval(Row row) {
        Stored stored = row.bundle();
        Duration hint = stored == null ? settings.minInterval() : KnownFederation.hint(stored);
        long millis =
                Math.clamp(
                        hint.toMillis(),
                        settings.minInterval().toMillis(),
                        settings.maxInterval().toMillis());
        return Duration.ofMillis((long) (millis * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }

    /// Once, now. What came of it is on record.
    void pull(Row row) {
        Relationship relationship = row.relationship();
        String outcome;
        String detail;
        try {
            byte[] octets = request.get(relationship, authorities(row));
            BundleDocument bundle = BundleDocument.parse(octets, relationship.trustDomain());
            String objection = store.locked(() -> judge(relationship, bundle));
            outcome =
                    objection.isEmpty()
                            ? "accepted"
                            : objection.equals("=") ? "unchanged" : "refused";
            detail = outcome.equals("refused") ? objection : "";
        } catch (HttpsFailureException e) {
            outcome = "unreachable";
            detail = "the endpoint " + e.getMessage();
        } catch (BundleDocument.Unreadable e) {
            outcome = "refused";
            detail = "the bundle " + e.getMessage();
        }
        if (!detail.isEmpty()) {
            log.warn("Bundle of {} {}: {}", relationship.trustDomain(), outcome, detail);
        }
        store.ended(relationship.number(), replica, outcome, detail);
        known.look();
    }

    private List<byte[]> authorities(Row row) throws BundleDocument.Unreadable {
        Stored stored = row.bundle();
        if (stored != null) {
            return BundleDocument.split(stored.authorities());
        }
        byte[] initial = row.relationship().initialBundle();
        return initial == null
                ? List.of()
                : BundleDocument.parse(initial, row.relationship().trustDomain()).authorities();
    }

    /// @return empty: accepted; `=`: the one in use; else why not
    private String judge(Relationship relationship, BundleDocument bundle) {
        Row now =
                store.of(relationship.trustDomain())
                        .filter(row -> row.relationship().number() == relationship.number())
                        .orElse(null);
        if (now == null) {
            return "the relationship has ended";
        }
        Stored stored = now.bundle();
        if (stored != null) {
            boolean same = Arrays.equals(stored.authorities(), bundle.concatenated());
            Long before = stored.spiffeSequence();
            Long after = bundle.sequence().orElse(null);
            if (before != null && after == null) {
                return "the bundle has no spiffe_sequence, and had one before";
            }
            if (before != null && after != null && after < before) {
                return "the bundle is older than the one in use: spiffe_sequence "
                        + after
                        + " after "
                        + before;
            }
            boolean numbered = before != null || after != null;
            if (numbered && java.util.Objects.equals(before, after) && !same) {
                return "the bundle changed and its spiffe_sequence did not";
            }
            if (same
                    && java.util.Objects.equals(before, after)
                    && java.util.Objects.equals(
                            stored.refreshHintSeconds(),
                            bundle.refreshHintSeconds().orElse(null))) {
                return "=";
            }
        }
        store.accept(relationship.number(), bundle, replica);
        return "";
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        pulling.shutdownNow();
    }
}
