package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/// What a session has to be for the ledger to write in it, and what is seen of one that is not.
class LedgerSessionIT {

    @ParameterizedTest
    @CsvSource({
        "RESET ROLE, false",
        "RESET ROLE, true",
        "SET synchronous_commit = off, false",
        "SET synchronous_commit = local, true"
    })
    void nothingIsRecordedInASessionThatLostWhatTheServerSet(String lost, boolean joinToken)
            throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = new JdbcDatabase(database.settings()).server()) {
            JdbcSession session = new JdbcSession(connection, "replica");
            assertThat(session.record(List.of(TestIssuances.plain("/before"))))
                    .hasOnlyElementsOfType(Ledger.Recorded.class);
            execute(connection, lost);
            IssuanceRecord issuance =
                    joinToken
                            ? TestIssuances.withJoinToken(
                                    "/after", TestIssuances.requestId(), TestIssuances.joinToken())
                            : TestIssuances.plain("/after");
            assertThatThrownBy(() -> session.recordAlone(issuance))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(JdbcProblem.of(e))
                                        .isEqualTo(LedgerProblem.LEDGER_SESSION_NOT_KEPT);
                                assertThat(JdbcSession.concernsRowsOnly(e)).isFalse();
                            });
            assertThatThrownBy(session::probe).isInstanceOf(SQLException.class);
            assertThat(
                            database.ownerJdbcClient()
                                    .sql("SELECT count(*) FROM ledger.certificate")
                                    .query(Integer.class)
                                    .single())
                    .isEqualTo(1);
        }
    }

    @Test
    void aTransactionHasRoleAndDurabilityWhateverItsSessionHas() throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection owner = database.ownerDataSource().getConnection()) {
            execute(owner, "SET synchronous_commit = off");
            var dataSource = new SingleConnectionDataSource(owner, true);
            JdbcClient jdbc = JdbcClient.create(dataSource);
            var transactions = new TransactionTemplate(new JdbcServerTransactions(dataSource));
            String seen =
                    transactions.execute(_ ->
                            jdbc.sql(
                                            "SELECT current_user || ' ' ||"
                                                    + " current_setting('synchronous_commit')")
                                    .query(String.class)
                                    .single());
            assertThat(seen).isEqualTo("signet_server on");
            assertThat(jdbc.sql("SHOW role").query(String.class).single()).isEqualTo("none");
        }
    }

    @Test
    void aRightThatWasTakenAwayIsAReasonOfItsOwn() {
        try (TestDatabase database = TestDatabase.create();
                TestLedger ledger = TestLedger.on(database)) {
            database.ownerJdbcClient()
                    .sql("REVOKE INSERT ON ledger.certificate FROM signet_server")
                    .update();
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            ledger.ledger
                                    .problem()
                                    .filter(LedgerProblem.LEDGER_NOT_PERMITTED::equals)
                                    .isPresent());
            database.ownerJdbcClient()
                    .sql("GRANT INSERT ON ledger.certificate TO signet_server")
                    .update();
            await().atMost(Duration.ofSeconds(60)).until(() -> ledger.ledger.problem().isEmpty());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
