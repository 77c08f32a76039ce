package dev.signet.ca.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/// The ledger's meters, registered once. Thread-safe; an update costs some tens of nanoseconds.
final class LedgerMetrics {

    private final MeterRegistry registry;
    private final Counter recorded;
    private final Counter alreadyRecorded;
    private final Counter requestIdReused;
    private final Counter joinTokenAlreadyUsed;
    private final Counter serialNumberTaken;
    private final Counter unavailable;
    private final Counter queueFull;
    private final DistributionSummary batchRows;
    private final Timer commit;
    private final Counter changesReconnected;

    LedgerMetrics(MeterRegistry registry) {
        this.registry = registry;
        recorded = outcome("recorded");
        alreadyRecorded = outcome("already-recorded");
        requestIdReused = outcome("request-id-reused");
        joinTokenAlreadyUsed = outcome("join-token-already-used");
        serialNumberTaken = outcome("serial-number-taken");
        unavailable = outcome("unavailable");
        queueFull = outcome("queue-full");
        batchRows =
                DistributionSummary.builder("signet.ledger.batch.rows")
                        .description("Issuances in one commit")
                        .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
                        .register(registry);
        commit =
                Timer.builder("signet.ledger.commit")
                        .description("Time from the first statement of a batch to its commit")
                        .publishPercentileHistogram()
                        .register(registry);
        changesReconnected =
                Counter.builder("signet.ledger.changes.reconnects")
                        .description("How often the connection for change signals came back")
                        .register(registry);
    }

    void gauge(String name, String description, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    void committed(int rows, long nanoseconds) {
        batchRows.record(rows);
        commit.record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    void changesReconnected() {
        changesReconnected.increment();
    }

    /// @param topic one that is watched: there are few
    void changeSignalled(String topic) {
        Counter.builder("signet.ledger.changes.signals")
                .description("Changes that PostgreSQL signalled to this replica")
                .tag("topic", topic)
                .register(registry)
                .increment();
    }

    void queueFull() {
        queueFull.increment();
    }

    void decided(Ledger.RecordOutcome outcome) {
        switch (outcome) {
            case Ledger.Recorded _ -> recorded.increment();
            case Ledger.AlreadyRecorded _ -> alreadyRecorded.increment();
            case Ledger.RequestIdReused _ -> requestIdReused.increment();
            case Ledger.JoinTokenAlreadyUsed _ -> joinTokenAlreadyUsed.increment();
            case Ledger.SerialNumberTaken _ -> serialNumberTaken.increment();
            case Ledger.Unavailable _ -> unavailable.increment();
        }
    }

    private Counter outcome(String outcome) {
        return Counter.builder("signet.ledger.outcomes")
                .description("What became of issuances that came to the ledger")
                .tag("outcome", outcome)
                .register(registry);
    }
}
