package dev.signet.ca.ledger;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// Signals of PostgreSQL for tests of other packages.
public final class RealChanges implements Changes, AutoCloseable {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final JdbcChanges changes;

    private RealChanges(DatabaseSettings settings) {
        changes =
                new JdbcChanges(
                        new JdbcDatabase(settings)::server,
                        new JdbcDatabase(settings)::server,
                        new LedgerMetrics(registry));
    }

    public static RealChanges on(DatabaseSettings settings) {
        return new RealChanges(settings);
    }

    public void awaitListening() {
        await().until(() -> registry.get("signet.ledger.changes.listening").gauge().value() == 1);
    }

    @Override
    public void watch(String topic, Runnable look) {
        changes.watch(topic, look);
    }

    @Override
    public void close() {
        changes.close();
    }
}
