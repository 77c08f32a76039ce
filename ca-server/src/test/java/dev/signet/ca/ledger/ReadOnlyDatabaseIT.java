package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// A PostgreSQL that answers and takes no writes: by a setting, and after a failover.
class ReadOnlyDatabaseIT {

    @TempDir private Path directory;

    @Test
    void aSettingThatComesLiveIsAReasonOfItsOwnAndPasses() throws IOException {
        try (EmbeddedPostgres postgres = Clusters.start(directory.resolve("data"), 0)) {
            Migrations.apply(postgres.getPostgresDatabase());
            DatabaseSettings settings = Clusters.settings("", postgres.getPort());
            try (TestLedger ledger = TestLedger.on(settings, TestLedger.settings(64, 2));
                    HikariDataSource pool = new JdbcDatabase(settings).pool()) {
                assertRecords(ledger, "/before");
                assertThat(readOnly(pool)).isEqualTo("off");
                setReadOnly(postgres, "on");
                awaitProblem(ledger, LedgerProblem.LEDGER_READ_ONLY);
                assertProblemOfAPrimaryThatIsRequired(postgres);
                assertThat(ledger.recordNow(TestIssuances.plain("/meanwhile")))
                        .isInstanceOf(Ledger.Unavailable.class);
                // Look-ups go on, in connections that do not outlive it.
                assertThat(readOnly(pool)).isEqualTo("on");
                setReadOnly(postgres, "off");
                awaitLong().until(() -> ledger.ledger.problem().isEmpty());
                assertRecords(ledger, "/after");
                awaitLong().until(() -> readOnly(pool).equals("off"));
                ledger.assertConsistent(postgres.getPostgresDatabase());
            }
        }
    }

    @Test
    void aServerWaitsAtItsStartForADatabaseThatTakesWritesAndThenSaysWhatToDo() throws IOException {
        try (EmbeddedPostgres postgres = Clusters.start(directory.resolve("data"), 0)) {
            setReadOnly(postgres, "on");
            DatabaseSettings briefly =
                    Clusters.settings("", postgres.getPort()).withStartupWait(Duration.ZERO);
            assertThatThrownBy(() -> new JdbcDatabase(briefly).prepare())
                    .hasMessageContaining("takes no writes")
                    .hasMessageContaining("targetServerType=primary");
            Thread start =
                    Thread.startVirtualThread(() ->
                            new JdbcDatabase(
                                            Clusters.settings("", postgres.getPort())
                                                    .withStartupWait(Duration.ofMinutes(1)))
                                    .prepare());
            // It has begun to wait; what it does then is the same however long that was.
            awaitLong().until(start::isAlive);
            setReadOnly(postgres, "off");
            awaitLong().until(() -> !start.isAlive());
            assertThat(
                            Clusters.owner(postgres)
                                    .sql("SELECT count(*) FROM ledger.certificate")
                                    .query(Integer.class)
                                    .single())
                    .isZero();
        }
    }

    @Test
    void issuanceGoesOnWithThePromotedStandbyAndNeverWithTheDemotedPrimary() throws IOException {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        EmbeddedPostgres first = Clusters.start(one, 0);
        EmbeddedPostgres second = null;
        try {
            int firstPort = first.getPort();
            Migrations.apply(first.getPostgresDatabase());
            first.close();
            Clusters.copy(one, two);
            Clusters.follow(two, firstPort);
            first = Clusters.start(one, firstPort);
            second = Clusters.start(two, 0);
            int secondPort = second.getPort();
            EmbeddedPostgres standby = second;
            DatabaseSettings both =
                    Clusters.settings("?targetServerType=primary", firstPort, secondPort);
            DatabaseSettings secondOnly = Clusters.settings("", secondPort);
            try (TestLedger ledger = TestLedger.on(both, TestLedger.settings(64, 2));
                    TestLedger onStandby = TestLedger.on(secondOnly, TestLedger.settings(64, 1));
                    HikariDataSource pool = new JdbcDatabase(both).pool()) {
                assertRecords(ledger, "/first");
                awaitProblem(onStandby, LedgerProblem.LEDGER_READ_ONLY);
                assertStandbyIsNotUsed(secondOnly);
                awaitLong().until(() -> certificates(standby) == 1);

                first.close();
                awaitLong().until(() -> ledger.ledger.problem().isPresent());
                Clusters.owner(standby).sql("SELECT pg_promote()").query(Boolean.class).single();
                awaitLong().until(() -> ledger.ledger.problem().isEmpty());
                awaitLong().until(() -> onStandby.ledger.problem().isEmpty());
                assertRecords(ledger, "/second");
                assertThat(certificates(standby)).isEqualTo(2);

                // The first comes back as a standby of the second, and is named first.
                Clusters.follow(one, secondPort);
                first = Clusters.start(one, firstPort);
                DatabaseSettings firstOnly = Clusters.settings("", firstPort);
                try (TestLedger onDemoted = TestLedger.on(firstOnly, TestLedger.settings(64, 1))) {
                    awaitProblem(onDemoted, LedgerProblem.LEDGER_READ_ONLY);
                }
                assertStandbyIsNotUsed(firstOnly);
                assertRecords(ledger, "/third");
                awaitLong().until(() -> port(pool).equals(Optional.of(secondPort)));
                ledger.assertConsistent(standby.getPostgresDatabase());
            }
        } finally {
            first.close();
            if (second != null) {
                second.close();
            }
        }
    }

    private static void assertRecords(TestLedger ledger, String path) {
        assertThat(ledger.recordNow(TestIssuances.plain(path))).isInstanceOf(Ledger.Recorded.class);
    }

    private static void assertStandbyIsNotUsed(DatabaseSettings settings) {
        assertThatThrownBy(new JdbcDatabase(settings)::server)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e ->
                                assertThat(JdbcProblem.of(e))
                                        .isEqualTo(LedgerProblem.LEDGER_READ_ONLY));
        assertThatThrownBy(new JdbcDatabase(settings)::pool).hasStackTraceContaining("standby");
    }

    /// The driver finds it out then, and says it in its own way.
    private static void assertProblemOfAPrimaryThatIsRequired(EmbeddedPostgres postgres) {
        DatabaseSettings settings =
                Clusters.settings("?targetServerType=primary", postgres.getPort());
        try (TestLedger ledger = TestLedger.on(settings, TestLedger.settings(64, 1))) {
            assertThat(ledger.ledger.problem()).contains(LedgerProblem.LEDGER_READ_ONLY);
        }
    }

    private static void awaitProblem(TestLedger ledger, LedgerProblem problem) {
        awaitLong().until(() -> ledger.ledger.problem().equals(Optional.of(problem)));
    }

    private static int certificates(EmbeddedPostgres postgres) {
        return Clusters.owner(postgres)
                .sql("SELECT count(*) FROM ledger.certificate")
                .query(Integer.class)
                .single();
    }

    private static Optional<Integer> port(HikariDataSource pool) {
        try (Connection connection = pool.getConnection()) {
            return Optional.of(
                    JdbcClient.create(
                                    new org.springframework.jdbc.datasource
                                            .SingleConnectionDataSource(connection, true))
                            .sql("SELECT inet_server_port()")
                            .query(Integer.class)
                            .single());
        } catch (SQLException _) {
            return Optional.empty();
        }
    }

    private static String readOnly(HikariDataSource pool) {
        return JdbcClient.create(pool)
                .sql("SHOW transaction_read_only")
                .query(String.class)
                .single();
    }

    private static void setReadOnly(EmbeddedPostgres postgres, String value) {
        JdbcClient owner = Clusters.owner(postgres);
        owner.sql("ALTER SYSTEM SET default_transaction_read_only = " + value).update();
        owner.sql("SELECT pg_reload_conf()").query(Boolean.class).single();
    }

    private static ConditionFactory awaitLong() {
        return await().atMost(Duration.ofSeconds(60));
    }
}
