package dev.signet.ca.trust;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.trust.AcknowledgementStore.Statement;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Keeps what clients say in memory for a moment and records it in batches; of one certificate the
/// greatest version is enough. Where there is no room a statement is lost, which holds an
/// activation back and never lets one through. Thread-safe.
///
/// A client may say anything: the version that it names counts for it alone, and one that is not on
/// record makes this CA publish a greater one only if it could have been published by now.
final class RecordedAcknowledgements implements Acknowledgements, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RecordedAcknowledgements.class);

    private static final int MOST_WAITING = 100_000;
    private static final int BATCH = 1_000;
    private static final long INTERVAL_MILLIS = 200;
    private static final long FORGET_MINUTES = 10;

    private final AcknowledgementStore store;
    private final TrustBundleStore bundles;
    private final TrustDomain trustDomain;
    private final Runnable published;
    private final ScheduledExecutorService scheduler;
    private final Map<SerialNumber, Statement> waiting = new ConcurrentHashMap<>();
    private final Counter recorded;
    private final Counter lost;
    private final Counter implausible;
    private final Counter unknown;
    private boolean failedBefore;
    private boolean implausibleBefore;

    /// @param published called when a version was published because a client knew of a lost one
    /// @param scheduler closed with this
    RecordedAcknowledgements(
            AcknowledgementStore store,
            TrustBundleStore bundles,
            TrustDomain trustDomain,
            Runnable published,
            ScheduledExecutorService scheduler,
            MeterRegistry meters) {
        this.store = store;
        this.bundles = bundles;
        this.trustDomain = trustDomain;
        this.published = published;
        this.scheduler = scheduler;
        this.recorded = counter(meters, "recorded", "put on record");
        this.lost = counter(meters, "lost", "dropped because too many waited for PostgreSQL");
        this.implausible = counter(meters, "implausible", "that name a version of the future");
        this.unknown =
                counter(meters, "unknown", "that name a version lost with an earlier PostgreSQL");
    }

    private static Counter counter(MeterRegistry meters, String outcome, String which) {
        return Counter.builder("signet.trust.acknowledgements")
                .tag("outcome", outcome)
                .description("Statements of clients about their trust bundle " + which)
                .register(meters);
    }

    void start() {
        Future<?> _ =
                scheduler.scheduleWithFixedDelay(
                        this::flush, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> _ =
                scheduler.scheduleWithFixedDelay(
                        this::forget, FORGET_MINUTES, FORGET_MINUTES, TimeUnit.MINUTES);
    }

    @Override
    public void acknowledge(
            SpiffeId spiffeId, SerialNumber serialNumber, Instant notAfter, long version) {
        if (version <= 0) {
            return;
        }
        if (waiting.size() >= MOST_WAITING && !waiting.containsKey(serialNumber)) {
            lost.increment();
            return;
        }
        keep(new Statement(spiffeId, serialNumber, notAfter, version));
    }

    private void keep(Statement statement) {
        waiting.merge(
                statement.serialNumber(),
                statement,
                (one, other) -> one.version() >= other.version() ? one : other);
    }

    /// Records what waits. Never throws.
    synchronized void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        List<Statement> batch = new ArrayList<>();
        for (SerialNumber serial : List.copyOf(waiting.keySet())) {
            if (batch.size() >= BATCH) {
                break;
            }
            Statement statement = waiting.remove(serial);
            if (statement != null) {
                batch.add(statement);
            }
        }
        try {
            List<Statement> credible = credible(batch);
            if (!credible.isEmpty()) {
                store.record(credible);
                recorded.increment(credible.size());
            }
            failedBefore = false;
        } catch (RuntimeException e) {
            batch.forEach(this::keep);
            if (!failedBefore) {
                log.warn(
                        "What clients say of their trust bundle is not on record; trying again", e);
            }
            failedBefore = true;
            return;
        }
        if (batch.size() == BATCH) {
            flush();
        }
    }

    /// Those whose version is on record, or may have been.
    private List<Statement> credible(List<Statement> batch) {
        long newest = bundles.latest(trustDomain).map(TrustBundleStore.Version::version).orElse(0L);
        List<Statement> ahead =
                batch.stream()
                        .filter(statement -> statement.version() > newest)
                        .sorted(Comparator.comparingLong(Statement::version))
                        .toList();
        if (ahead.isEmpty()) {
            return batch;
        }
        Optional<Statement> believed =
                ahead.reversed().stream()
                        .filter(statement ->
                                bundles.surpass(trustDomain, statement.version()).isPresent())
                        .findFirst();
        believed.ifPresent(this::publishedMore);
        long greatest = believed.map(Statement::version).orElse(newest);
        ahead.stream()
                .filter(statement -> statement.version() > greatest)
                .forEach(this::notBelieved);
        return batch.stream().filter(statement -> statement.version() <= greatest).toList();
    }

    private void publishedMore(Statement statement) {
        unknown.increment();
        log.warn(
                "{} holds version {} of the trust bundle, which is not on record: PostgreSQL was"
                        + " put back to an earlier moment; a greater version is published, see"
                        + " docs/runbooks/restore.md",
                statement.spiffeId(),
                statement.version());
        published.run();
    }

    private void notBelieved(Statement statement) {
        implausible.increment();
        if (!implausibleBefore) {
            implausibleBefore = true;
            log.warn(
                    "{} claims version {} of the trust bundle, which lies in the future; such"
                            + " claims are not believed (signet.trust.acknowledgements counts"
                            + " them)",
                    statement.spiffeId(),
                    statement.version());
        }
    }

    private void forget() {
        try {
            long forgotten = store.forget();
            if (forgotten > 0) {
                log.debug("{} statements of expired certificates were removed", forgotten);
            }
        } catch (RuntimeException e) {
            log.warn("Statements of expired certificates were not removed; trying again", e);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
