package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.sql.SQLException;
import java.time.Duration;

class JdbcPartitionsIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    /// Ninety days are what cert-manager asks for where nobody says otherwise.
    @Test
    void manyDaysArePreparedInStatementsThatEachStayShort() {
        LedgerSettings week = LedgerSettings.defaults();
        LedgerSettings months =
                new LedgerSettings(
                        week.queuePlaces(),
                        week.batchLimit(),
                        week.writers(),
                        week.retention(),
                        Duration.ofDays(93),
                        week.partitionCheckInterval(),
                        week.maxClockSkew(),
                        week.clockCheckInterval(),
                        week.probeInterval(),
                        week.stopWait(),
                        week.replica());
        JdbcPartitions partitions =
                new JdbcPartitions(
                        DATABASE.dataSource(),
                        () -> {
                            throw new SQLException("nothing is removed here");
                        },
                        months);
        partitions.makeAhead();
        // Yesterday, today, and so many days ahead.
        assertThat(days()).isEqualTo(95);
        partitions.makeAhead();
        assertThat(days()).isEqualTo(95);
    }

    private static int days() {
        return DATABASE.ownerJdbcClient()
                .sql(
                        "SELECT count(*) FROM pg_inherits WHERE inhparent ="
                                + " 'ledger.certificate'::regclass")
                .query(Integer.class)
                .single();
    }
}
