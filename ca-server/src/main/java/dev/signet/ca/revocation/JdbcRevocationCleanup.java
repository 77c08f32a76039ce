package dev.signet.ca.revocation;

import dev.signet.ca.ledger.JdbcMaintenance;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// Removes revocations of certificates that have long expired, and no others (R15). Thread-safe.
final class JdbcRevocationCleanup {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcRevocationCleanup.class);

    /// Less than that PostgreSQL refuses.
    private static final Duration SHORTEST = Duration.ofDays(2);

    private static final int AT_ONCE = 10_000;

    private final JdbcMaintenance maintenance;
    private final Duration retention;

    /// @param retention how long a record is kept after its certificate expired; zero: for ever
    JdbcRevocationCleanup(JdbcMaintenance maintenance, Duration retention) {
        this.maintenance = maintenance;
        this.retention =
                retention.isZero() || retention.compareTo(SHORTEST) > 0 ? retention : SHORTEST;
    }

    /// @throws LedgerUnavailableException when it failed
    void forget() {
        if (retention.isZero()) {
            return;
        }
        try (Connection connection = maintenance.connect();
                PreparedStatement statement =
                        connection.prepareStatement(
                                "SELECT revocation.forget_expired(make_interval(secs => ?), ?)")) {
            statement.setDouble(1, (double) retention.toSeconds());
            statement.setInt(2, AT_ONCE);
            int removed;
            do {
                try (ResultSet row = statement.executeQuery()) {
                    removed = row.next() ? row.getInt(1) : 0;
                }
                if (removed > 0) {
                    LOG.info("Removed {} revocations whose retention has passed", removed);
                }
            } while (removed == AT_ONCE);
        } catch (SQLException e) {
            throw new LedgerUnavailableException("expired revocations were not removed", e);
        }
    }
}
