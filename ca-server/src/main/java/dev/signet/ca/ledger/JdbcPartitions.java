package dev.signet.ca.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

import javax.sql.DataSource;

/// Makes the ledger's partitions ahead of time and drops those whose retention has passed.
final class JdbcPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcPartitions.class);

    /// So many days' partitions are made by one statement, which has to end within the statement
    /// timeout on a busy machine.
    private static final int DAYS_A_STATEMENT = 30;

    private final DataSource server;
    private final JdbcMaintenance maintenance;
    private final int daysAhead;
    private final Duration retention;

    JdbcPartitions(DataSource server, JdbcMaintenance maintenance, LedgerSettings settings) {
        this.server = server;
        this.maintenance = maintenance;
        this.daysAhead = Math.toIntExact(settings.partitionsAhead().toDays());
        this.retention = settings.retention();
    }

    /// @throws LedgerUnavailableException when it failed
    void makeAhead() {
        try (Connection connection = server.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT ledger.ensure_partitions(?)")) {
            int made = 0;
            int days = 0;
            while (days < daysAhead) {
                days = Math.min(days + DAYS_A_STATEMENT, daysAhead);
                statement.setInt(1, days);
                try (ResultSet row = statement.executeQuery()) {
                    made += row.next() ? row.getInt(1) : 0;
                }
            }
            if (made > 0) {
                LOG.info("Made {} ledger partitions", made);
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException("ledger partitions were not made", e);
        }
    }

    /// @throws LedgerUnavailableException when it failed
    void dropExpired() {
        if (retention.isZero()) {
            return;
        }
        try (Connection connection = maintenance.connect();
                PreparedStatement statement =
                        connection.prepareStatement(
                                "SELECT ledger.drop_expired_partitions(make_interval(secs =>"
                                        + " ?))")) {
            statement.setDouble(1, (double) retention.toSeconds());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    LOG.info(
                            "Dropped ledger partition {}: its retention has passed",
                            row.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException("expired ledger partitions were not dropped", e);
        }
    }
}
