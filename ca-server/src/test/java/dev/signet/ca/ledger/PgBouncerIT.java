package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

class PgBouncerIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    @ParameterizedTest
    @CsvSource({
        "transaction, 0, 20",
        "transaction, 1, 20",
        "transaction, 0, 1",
        "statement, 0, 20"
    })
    void aServerDoesNotStartWhereSessionsAreNotKept(String mode, String roundRobin, String poolSize)
            throws IOException {
        try (PgBouncer bouncer =
                PgBouncer.before(
                        DATABASE,
                        Map.of(
                                "pool_mode", mode,
                                "server_round_robin", roundRobin,
                                "default_pool_size", poolSize))) {
            DatabaseSettings settings = settings(bouncer);
            assertThatThrownBy(() -> new JdbcDatabase(settings).prepare())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(settings.publicUrl())
                    .hasMessageContaining("pool_mode = session");
        }
    }

    @Test
    void aServerDoesNotStartBehindAPoolThatOthersUse() throws Exception {
        try (PgBouncer bouncer =
                        PgBouncer.before(
                                DATABASE,
                                Map.of("pool_mode", "transaction", "default_pool_size", "4"));
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch busy = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                executor.submit(() -> {
                    try (Connection connection = raw(bouncer).getConnection()) {
                        while (!stop.get()) {
                            execute(connection, "SELECT pg_sleep(0.002)");
                            busy.countDown();
                        }
                        return true;
                    }
                });
            }
            try {
                busy.await();
                assertThatThrownBy(() -> new JdbcDatabase(settings(bouncer)).prepare())
                        .hasMessageContaining("pool_mode = session");
            } finally {
                stop.set(true);
            }
        }
    }

    @Test
    void noConnectionIsUsedWhosePoolerBeganToShareSessionsAfterTheStart() throws Exception {
        try (PgBouncer bouncer = PgBouncer.before(DATABASE, Map.of("pool_mode", "transaction"))) {
            JdbcDatabase database = new JdbcDatabase(settings(bouncer));
            assertThatThrownBy(() -> database.sessions("replica").open()).satisfies(this::notKept);
            assertThatThrownBy(database::server).satisfies(this::notKept);
            assertThatThrownBy(database::maintenance).satisfies(this::notKept);
            try (TestLedger ledger = TestLedger.on(settings(bouncer), TestLedger.settings(16, 1))) {
                assertThat(ledger.recordNow(TestIssuances.plain("/pooled")))
                        .isInstanceOf(Ledger.Unavailable.class);
                assertThat(ledger.ledger.problem()).contains(LedgerProblem.LEDGER_SESSION_NOT_KEPT);
            }
        }
    }

    @Test
    void signalsThatNobodyPassesOnAreNotCalledListening() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CountDownLatch attempts = new CountDownLatch(2);
        try (PgBouncer bouncer = PgBouncer.before(DATABASE, Map.of("pool_mode", "transaction"));
                JdbcChanges _ =
                        new JdbcChanges(
                                () -> {
                                    attempts.countDown();
                                    return raw(bouncer).getConnection();
                                },
                                DATABASE.dataSource()::getConnection,
                                new LedgerMetrics(registry))) {
            var listening = registry.get("signet.ledger.changes.listening").gauge();
            // It tries again: the first attempt failed as a whole.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        assertThat(listening.value()).isZero();
                        return attempts.getCount() == 0;
                    });
        }
    }

    @Test
    void sessionPoolingServesAWholeServer() throws Exception {
        try (TestDatabase empty = TestDatabase.createEmpty();
                PgBouncer bouncer =
                        PgBouncer.before(
                                empty,
                                Map.of(
                                        "pool_mode", "session",
                                        "default_pool_size", "20",
                                        "server_reset_query", "DISCARD ALL"))) {
            DatabaseSettings settings =
                    DatabaseSettings.of(bouncer.url(empty), empty.username(), empty.password());
            new JdbcDatabase(settings).prepare();
            try (var pool = new JdbcDatabase(settings).pool();
                    Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT ledger.ensure_partitions(2)");
            }
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            JdbcDatabase database = new JdbcDatabase(settings);
            try (TestLedger ledger = TestLedger.on(settings, TestLedger.settings(16, 2));
                    JdbcChanges _ =
                            new JdbcChanges(
                                    database::server,
                                    database::server,
                                    new LedgerMetrics(registry))) {
                assertThat(ledger.recordNow(TestIssuances.plain("/pooled")))
                        .isInstanceOf(Ledger.Recorded.class);
                await().until(() ->
                        registry.get("signet.ledger.changes.listening").gauge().value() == 1);
                ledger.assertConsistent(empty);
            }
        }
    }

    @Test
    void aPoolerThatRefusesWhatTheDriverSendsIsNamedAtOnce() throws Exception {
        try (PgBouncer bouncer =
                PgBouncer.before(
                        DATABASE,
                        Map.of("pool_mode", "session", "ignore_startup_parameters", ""))) {
            // Since 1.20 PgBouncer passes it on.
            org.junit.jupiter.api.Assumptions.assumeTrue(refusesFloatDigits(bouncer));
            assertThatThrownBy(() -> new JdbcDatabase(settings(bouncer)).prepare())
                    .hasMessageContaining("ignore_startup_parameters = extra_float_digits");
        }
    }

    private static boolean refusesFloatDigits(PgBouncer bouncer) {
        try (Connection _ = raw(bouncer).getConnection()) {
            return false;
        } catch (SQLException _) {
            return true;
        }
    }

    private void notKept(Throwable e) {
        assertThat(JdbcProblem.of(e)).isEqualTo(LedgerProblem.LEDGER_SESSION_NOT_KEPT);
    }

    private static DatabaseSettings settings(PgBouncer bouncer) {
        return DatabaseSettings.of(bouncer.url(DATABASE), DATABASE.username(), DATABASE.password());
    }

    private static PGSimpleDataSource raw(PgBouncer bouncer) {
        PGSimpleDataSource driver = new PGSimpleDataSource();
        driver.setUrl(bouncer.url(DATABASE));
        driver.setUser(DATABASE.username());
        driver.setAssumeMinServerVersion("14");
        driver.setPrepareThreshold(0);
        return driver;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
