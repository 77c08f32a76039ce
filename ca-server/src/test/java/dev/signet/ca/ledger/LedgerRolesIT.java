package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class LedgerRolesIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger.certificate SET policy_rule = 'x'",
                "DELETE FROM ledger.certificate",
                "TRUNCATE ledger.certificate",
                "DROP TABLE ledger.certificate",
                "ALTER TABLE ledger.certificate ADD COLUMN x text",
                "UPDATE ledger.issuance_request SET csr_sha256 = caller_sha256",
                "DELETE FROM ledger.issuance_request",
                "TRUNCATE ledger.issuance_request",
                "UPDATE ledger.join_token_redemption SET redeemed_at = now()",
                "DELETE FROM ledger.join_token_redemption",
                "TRUNCATE ledger.join_token_redemption",
                "SELECT ledger.drop_expired_partitions(interval '1 day')",
                "SELECT ledger.make_partitions('certificate', current_date, current_date)",
                "CREATE TABLE ledger.mine (x text)",
                "INSERT INTO ledger.certificate_default SELECT * FROM ledger.certificate",
            })
    void theServerCanNeitherChangeNorRemoveWhatIsOnRecord(String sql) {
        String here =
                sql.replace(
                        "certificate_default",
                        "certificate_" + DAY.format(LocalDate.now(ZoneOffset.UTC)));
        assertThatThrownBy(() -> DATABASE.jdbcClient().sql(here).update())
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .satisfies(cause ->
                        assertThat(((SQLException) cause).getSQLState()).isEqualTo("42501"));
    }

    @Test
    void partitionsAreMadeOnceHoweverManyReplicasAsk() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> ask =
                    () ->
                            DATABASE.jdbcClient()
                                    .sql("SELECT ledger.ensure_partitions(30)")
                                    .query(Integer.class)
                                    .single();
            int made = 0;
            for (var answer : executor.invokeAll(List.of(ask, ask, ask, ask))) {
                made += answer.get();
            }
            assertThat(made).isEqualTo(23);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "741", "NULL", "2147483647"})
    void partitionsAreNotMadeWithoutBound(String days) {
        assertThatThrownBy(() ->
                        DATABASE.jdbcClient()
                                .sql("SELECT ledger.ensure_partitions(" + days + ")")
                                .query(Integer.class)
                                .single())
                .hasMessageContaining("expected: 1 to 740");
    }

    @Test
    void R15_retentionNeverDropsAPartitionWithALiveCertificate() {
        JdbcClient owner = DATABASE.ownerJdbcClient();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        owner.sql("SELECT ledger.make_partitions('certificate', ?, ?)")
                .params(today.minusDays(5), today)
                .query(Integer.class)
                .single();
        try (TestLedger ledger = TestLedger.on(DATABASE)) {
            IssuanceRecord live = TestIssuances.plain("/live");
            IssuanceRecord recent =
                    TestIssuances.expiringAt("/recent", Instant.now().minus(Duration.ofHours(2)));
            IssuanceRecord old =
                    TestIssuances.expiringAt("/old", Instant.now().minus(Duration.ofDays(4)));
            for (IssuanceRecord issuance : List.of(live, recent, old)) {
                assertThat(ledger.recordNow(issuance)).isInstanceOf(Ledger.Recorded.class);
            }
            List<String> dropped =
                    maintenance()
                            .sql("SELECT ledger.drop_expired_partitions(interval '1 day')")
                            .query(String.class)
                            .list();
            assertThat(dropped)
                    .contains("certificate_" + DAY.format(today.minusDays(4)))
                    .doesNotContain(
                            "certificate_" + DAY.format(today),
                            "certificate_" + DAY.format(today.minusDays(1)));
            JdbcCertificateRecords records = new JdbcCertificateRecords(DATABASE.jdbcClient());
            assertThat(records.bySerialNumber(serial(live))).isPresent();
            assertThat(records.bySerialNumber(serial(recent))).isPresent();
            assertThat(records.bySerialNumber(serial(old))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "23 hours", "-1 day", "-100 years"})
    void R15_retentionShorterThanADayIsRefused(String retention) {
        assertThatThrownBy(() ->
                        maintenance()
                                .sql("SELECT ledger.drop_expired_partitions(?::interval)")
                                .param(retention)
                                .query(String.class)
                                .list())
                .hasMessageContaining("expected: 1 day or more");
    }

    @Test
    void requestIdsArePartitionedFromYesterdayToTomorrow() {
        try (TestLedger ledger = TestLedger.on(DATABASE)) {
            for (int hours : List.of(-25, 0, 1)) {
                Instant then = Instant.now().plus(Duration.ofHours(hours));
                assertThat(
                                ledger.recordNow(
                                        TestIssuances.withRequestId(
                                                "/id", TestIssuances.requestIdAt(then))))
                        .isInstanceOf(Ledger.Recorded.class);
            }
        }
    }

    @Test
    void aSerialNumberOfAnotherHourThanItsCertificateIsNotRecorded() {
        try (TestLedger ledger = TestLedger.on(DATABASE)) {
            IssuanceRecord other =
                    TestIssuances.expiringAt("/hour", Instant.now().plus(Duration.ofHours(5)));
            IssuanceRecord wrong =
                    TestIssuances.withSerialOf(
                            other, "/wrong", Instant.now().plus(Duration.ofHours(1)));
            assertThat(ledger.recordNow(wrong)).isInstanceOf(Ledger.Unavailable.class);
        }
    }

    private static dev.signet.ca.certificate.SerialNumber serial(IssuanceRecord issuance) {
        return issuance.certificate().content().serialNumber();
    }

    private static JdbcClient maintenance() {
        return JdbcClient.create(
                new org.springframework.jdbc.datasource.DelegatingDataSource(
                        DATABASE.ownerDataSource()) {
                    @Override
                    public java.sql.Connection getConnection() throws SQLException {
                        java.sql.Connection connection = super.getConnection();
                        try (var statement = connection.createStatement()) {
                            statement.execute("SET ROLE signet_maintenance");
                        }
                        return connection;
                    }
                });
    }
}
