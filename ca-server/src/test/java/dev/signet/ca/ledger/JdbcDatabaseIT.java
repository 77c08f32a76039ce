package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.refusal.RefusalCode;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

class JdbcDatabaseIT {

    @Test
    void twoReplicasThatStartOnAnEmptyDatabaseBothSucceed() throws Exception {
        try (TestDatabase empty = TestDatabase.createEmpty();
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> starts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                starts.add(executor.submit(() -> new JdbcDatabase(empty.settings()).prepare()));
            }
            for (Future<?> start : starts) {
                start.get();
            }
            assertThat(
                            empty.ownerJdbcClient()
                                    .sql(
                                            "SELECT count(*) FROM signet.flyway_schema_history"
                                                    + " WHERE version = '0001'")
                                    .query(Integer.class)
                                    .single())
                    .isEqualTo(1);
        }
    }

    @Test
    void aMigrationLockThatAnotherHoldsIsWaitedForWithinBoundsAndItsHolderNamed() throws Exception {
        ListAppender<ILoggingEvent> events = listen(JdbcSchema.class);
        try (TestDatabase database = TestDatabase.create();
                Connection holder = database.ownerDataSource().getConnection()) {
            holder.setClientInfo("ApplicationName", "left over");
            int process;
            try (Statement statement = holder.createStatement()) {
                statement.execute("SELECT pg_advisory_lock(" + JdbcSchema.MIGRATION_LOCK + ")");
                process = holder.unwrap(PGConnection.class).getBackendPID();
            }
            assertThatThrownBy(() -> new JdbcDatabase(settings(database.url())).prepare())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("process " + process)
                    .hasMessageContaining("left over")
                    .hasMessageContaining("pg_terminate_backend");
            assertThat(events.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(message ->
                            message.contains("Waiting for another program")
                                    && message.contains("process " + process));
        } finally {
            ((Logger) LoggerFactory.getLogger(JdbcSchema.class)).detachAppender(events);
        }
    }

    @Test
    void aTableThatAMigrationWaitsForIsWaitedForWithinBoundsAndItsHolderNamed() throws Exception {
        ListAppender<ILoggingEvent> events = listen(JdbcMigrationWatch.class);
        try (TestDatabase database = TestDatabase.create();
                Connection holder = database.ownerDataSource().getConnection()) {
            holder.setClientInfo("ApplicationName", "a report");
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.execute("LOCK TABLE signet.flyway_schema_history");
            }
            assertThatThrownBy(() -> new JdbcDatabase(settings(database.url())).prepare())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("lock timeout")
                    .hasMessageContaining("a table that a migration changes");
            assertThat(events.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(message -> message.contains("application \"a report\""));
        } finally {
            ((Logger) LoggerFactory.getLogger(JdbcMigrationWatch.class)).detachAppender(events);
        }
    }

    private static ListAppender<ILoggingEvent> listen(Class<?> type) {
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        ((Logger) LoggerFactory.getLogger(type)).addAppender(events);
        return events;
    }

    @Test
    void waitsForPostgresqlAndThenSaysWhatToDo() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        DatabaseSettings settings =
                settings("jdbc:postgresql://localhost:" + port + "/signet?password=canary");
        long begin = System.nanoTime();
        assertThatThrownBy(() -> new JdbcDatabase(settings).prepare())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("localhost:" + port)
                .hasMessageContaining("signet.database.url")
                .hasMessageNotContaining("canary");
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
    }

    @Test
    void saysAtOnceThatADatabaseDoesNotExist() {
        try (TestDatabase database = TestDatabase.createEmpty()) {
            assertThatThrownBy(() -> new JdbcDatabase(settings(database.url() + "_not")).prepare())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Create the database");
        }
    }

    @Test
    void warnsWhenPostgresqlDoesNotFlushToDisk() {
        Logger logger = (Logger) LoggerFactory.getLogger(JdbcSchema.class);
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        logger.addAppender(events);
        try (TestDatabase database = TestDatabase.create()) {
            new JdbcDatabase(database.settings()).prepare();
        } finally {
            logger.detachAppender(events);
        }
        assertThat(events.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(message -> message.contains("fsync off"));
    }

    @Test
    void everyConnectionCommitsDurablyAsTheServerRole() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                var pool = new JdbcDatabase(database.settings()).pool()) {
            JdbcClient jdbc = JdbcClient.create(pool);
            assertThat(show(jdbc, "role")).isEqualTo("signet_server");
            assertThat(show(jdbc, "synchronous_commit")).isEqualTo("on");
            assertThat(show(jdbc, "statement_timeout")).isEqualTo("3s");
            assertThat(show(jdbc, "lock_timeout")).isEqualTo("3s");
        }
    }

    @Test
    void stopsIssuanceWhileTheClocksDisagreeAndKeepsTheVerdictWhilePostgresqlIsAway() {
        TestDatabase database = TestDatabase.create();
        AtomicReference<Duration> wrongBy = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().plus(wrongBy.get());
        JdbcClockGuard guard =
                new JdbcClockGuard(database.jdbcClient(), clock, Duration.ofSeconds(30));
        guard.compare();
        assertThat(guard.objection()).isEmpty();
        for (Duration wrong : List.of(Duration.ofSeconds(45), Duration.ofSeconds(-45))) {
            wrongBy.set(wrong);
            guard.compare();
            assertThat(guard.objection())
                    .hasValueSatisfying(refusal -> {
                        assertThat(refusal.code()).isEqualTo(RefusalCode.CLOCK_SKEW);
                        assertThat(refusal.diagnosis())
                                .containsPattern("PT4[456]")
                                .contains("PT30S");
                        assertThat(refusal.message()).doesNotContain("PT");
                    });
        }
        wrongBy.set(Duration.ofSeconds(20));
        guard.compare();
        assertThat(guard.objection()).isEmpty();
        wrongBy.set(Duration.ofSeconds(45));
        guard.compare();
        database.close();
        wrongBy.set(Duration.ZERO);
        guard.compare();
        assertThat(guard.objection()).isPresent();
    }

    @Test
    void theConfigurationMakesALedgerThatRecords() {
        try (TestDatabase database = TestDatabase.createEmpty();
                var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(DatabaseSettings.class, database::settings);
            context.registerBean(LedgerSettings.class, LedgerSettings::defaults);
            context.registerBean(InstantSource.class, InstantSource::system);
            context.registerBean(SecureRandom.class, () -> new SecureRandom());
            context.registerBean(MeterRegistry.class, () -> new SimpleMeterRegistry());
            context.register(LedgerConfiguration.class);
            context.refresh();
            assertThat(context.getBean(LedgerHealth.class).problem()).isEmpty();
            assertThat(context.getBean(ClockGuard.class).objection()).isEmpty();
            assertThat(context.getBean(TransactionOperations.class)).isNotNull();
            IssuanceRecord issuance = TestIssuances.plain("/configured");
            AtomicReference<Ledger.RecordOutcome> outcome = new AtomicReference<>();
            context.getBean(Ledger.class).reserve().orElseThrow().record(issuance, outcome::set);
            await().until(() -> outcome.get() != null);
            assertThat(outcome.get()).isInstanceOf(Ledger.Recorded.class);
            assertThat(
                            context.getBean(CertificateRecords.class)
                                    .bySerialNumber(
                                            issuance.certificate().content().serialNumber()))
                    .isPresent();
        }
    }

    private static DatabaseSettings settings(String url) {
        return new DatabaseSettings(
                url,
                "postgres",
                "",
                null,
                "",
                "",
                null,
                DatabaseSettings.Migrating.APPLY,
                8,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1));
    }

    private static String show(JdbcClient jdbc, String setting) {
        return jdbc.sql("SHOW " + setting).query(String.class).single();
    }
}
