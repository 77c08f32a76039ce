package dev.signet.ca.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ledger in PostgreSQL: issuances that come at the same time share a commit. One to a few
/// writer threads, each with a connection of its own, take what waits and commit it as one
/// statement; the answers are given on the writer's thread after its commit.
final class JdbcLedger implements Ledger, LedgerHealth, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcLedger.class);
    private static final Duration ABORT_WAIT = Duration.ofSeconds(5);

    private final CommitQueue queue;
    private final SerialNumbers serialNumbers;
    private final LedgerMetrics metrics;
    private final Duration stopWait;
    private final List<JdbcLedgerWriter> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /// Returns when a first attempt to connect was made, so that a ledger whose database is there
    /// is available at once.
    JdbcLedger(
            JdbcSession.Source sessions,
            SerialNumbers serialNumbers,
            LedgerSettings settings,
            LedgerMetrics metrics) {
        this.queue = new CommitQueue(settings.queuePlaces());
        this.serialNumbers = serialNumbers;
        this.metrics = metrics;
        this.stopWait = settings.stopWait();
        metrics.gauge(
                "signet.ledger.queue.depth",
                "Places taken in the commit queue",
                queue::placesInUse);
        metrics.gauge(
                "signet.ledger.available",
                "1 while the ledger can record",
                () -> queue.problem().isEmpty() ? 1 : 0);
        for (int i = 1; i <= settings.writers(); i++) {
            JdbcLedgerWriter writer = new JdbcLedgerWriter(sessions, queue, metrics, settings);
            writer.connect();
            writers.add(writer);
            threads.add(Thread.ofPlatform().name("ledger-writer-" + i).start(writer));
        }
    }

    @Override
    public Optional<Place> reserve() {
        if (!queue.takePlace()) {
            metrics.queueFull();
            return Optional.empty();
        }
        return Optional.of(new PendingIssuance(queue, metrics));
    }

    @Override
    public SerialNumbers serialNumbers() {
        return serialNumbers;
    }

    @Override
    public Optional<LedgerProblem> problem() {
        return queue.problem();
    }

    /// Commits what was accepted, for as long as the settings allow, then cuts the connections.
    @Override
    public void close() {
        queue.close();
        if (!join(stopWait)) {
            LOG.warn(
                    "Accepted issuances were not all committed within {}; the rest is refused",
                    stopWait);
            writers.forEach(JdbcLedgerWriter::abort);
            join(ABORT_WAIT);
        }
        queue.drain().forEach(rest -> rest.decide(new Unavailable(queue.refusal())));
    }

    private boolean join(Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        try {
            for (Thread thread : threads) {
                Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                if (!thread.join(left)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
