package dev.signet.ca.audit;

import dev.signet.ca.ledger.JdbcMaintenance;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// Makes the trail's partitions ahead of time and drops those whose retention has passed.
final class JdbcAuditPartitions {

    private static final Logger log = LoggerFactory.getLogger(JdbcAuditPartitions.class);

    private final JdbcClient jdbc;
    private final JdbcMaintenance maintenance;
    private final AuditSettings settings;

    JdbcAuditPartitions(JdbcClient jdbc, JdbcMaintenance maintenance, AuditSettings settings) {
        this.jdbc = jdbc;
        this.maintenance = maintenance;
        this.settings = settings;
    }

    /// @throws LedgerUnavailableException when it failed
    void makeAhead() {
        try {
            int made = jdbc.sql("SELECT audit.ensure_partitions()").query(Integer.class).single();
            if (made > 0) {
                log.info("Made {} audit partitions", made);
            }
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("audit partitions were not made", e);
        }
    }

    /// @throws LedgerUnavailableException when it failed
    void dropExpired() {
        try (Connection connection = maintenance.connect();
                PreparedStatement statement =
                        connection.prepareStatement(
                                "SELECT audit.drop_expired_partitions("
                                        + "make_interval(secs => ?), make_interval(secs => ?))")) {
            statement.setObject(1, seconds(settings.retention()), java.sql.Types.DOUBLE);
            statement.setObject(2, seconds(settings.refusalRetention()), java.sql.Types.DOUBLE);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    log.info(
                            "Dropped audit partition {}: its retention has passed",
                            row.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException("expired audit partitions were not dropped", e);
        }
    }

    private static @Nullable Double seconds(Duration retention) {
        return retention.isZero() ? null : (double) retention.toSeconds();
    }
}
