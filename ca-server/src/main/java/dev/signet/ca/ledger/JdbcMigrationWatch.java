package dev.signet.ca.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/// Says in the log, every few seconds, whom migrations wait for. Costs nothing where they are done
/// at once.
final class JdbcMigrationWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcMigrationWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final DataSource owner;
    private final String where;
    private final CountDownLatch closed = new CountDownLatch(1);

    JdbcMigrationWatch(DataSource owner, String where) {
        this.owner = owner;
        this.where = where;
        Thread.ofVirtual().name("signet-migration-watch").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try (Connection connection = owner.getConnection()) {
            List<String> holders = JdbcLockHolders.ofWaiters(connection, JdbcDatabase.MIGRATING);
            if (!holders.isEmpty()) {
                LOG.warn(
                        "Migrations at {} wait for a lock that is held by {}",
                        where,
                        String.join(", ", holders));
            }
        } catch (SQLException e) {
            LOG.debug("It could not be found out whom migrations wait for", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
