package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.SerialNumber;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

/// A ledger under test: remembers every certificate that it gave out, so that [#assertConsistent]
/// can look for each in the database.
final class TestLedger implements AutoCloseable {

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final JdbcLedger ledger;
    private final Queue<RecordedCertificate> released = new ConcurrentLinkedQueue<>();

    private TestLedger(DatabaseSettings database, LedgerSettings settings) {
        ledger =
                new JdbcLedger(
                        new JdbcDatabase(database).sessions(settings.replica()),
                        new BufferedSerialNumbers(new SecureRandom()),
                        settings,
                        new LedgerMetrics(registry));
    }

    static TestLedger on(TestDatabase database) {
        return new TestLedger(database.settings(), settings(4096, 1));
    }

    static TestLedger on(DatabaseSettings database, LedgerSettings settings) {
        return new TestLedger(database, settings);
    }

    static LedgerSettings settings(int places, int writers) {
        return new LedgerSettings(
                places,
                256,
                writers,
                Duration.ofDays(90),
                Duration.ofDays(7),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                "replica-under-test");
    }

    CompletableFuture<Ledger.RecordOutcome> record(IssuanceRecord issuance) {
        CompletableFuture<Ledger.RecordOutcome> outcome = new CompletableFuture<>();
        ledger.reserve()
                .orElseThrow(() -> new AssertionError("no place in the commit queue"))
                .record(
                        issuance,
                        decided -> {
                            remember(decided);
                            outcome.complete(decided);
                        });
        return outcome.orTimeout(60, TimeUnit.SECONDS);
    }

    Ledger.RecordOutcome recordNow(IssuanceRecord issuance) {
        return record(issuance).join();
    }

    List<Ledger.RecordOutcome> recordAll(Stream<IssuanceRecord> issuances) {
        List<CompletableFuture<Ledger.RecordOutcome>> outcomes =
                issuances.map(this::record).toList();
        return outcomes.stream().map(CompletableFuture::join).toList();
    }

    /// Every certificate that was given out is on record as it was given out; each request and each
    /// redemption names a certificate on record.
    void assertConsistent(TestDatabase database) {
        assertConsistent(database.ownerDataSource());
    }

    void assertConsistent(DataSource owner) {
        try (Connection connection = owner.getConnection()) {
            assertConsistent(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void assertConsistent(JdbcClient jdbc) {
        JdbcCertificateRecords records = new JdbcCertificateRecords(jdbc);
        for (RecordedCertificate certificate : released) {
            SerialNumber serial = certificate.serialNumber();
            assertThat(records.bySerialNumber(serial))
                    .as("record of %s", serial)
                    .hasValueSatisfying(record -> {
                        assertThat(record.der()).isEqualTo(certificate.der());
                        assertThat(record.spiffeId()).isEqualTo(certificate.spiffeId().toString());
                        assertThat(record.validity()).isEqualTo(certificate.validity());
                        assertThat(record.authorityId()).isEqualTo(certificate.authorityId());
                    });
        }
        assertThat(count(jdbc, ORPHANS))
                .as("requests and redemptions without certificate")
                .isZero();
        assertThat(count(jdbc, TWICE)).as("serial numbers on record twice").isZero();
    }

    int releasedCount() {
        return released.size();
    }

    private static final String ORPHANS =
            """
            SELECT
                (SELECT count(*) FROM ledger.issuance_request r WHERE NOT EXISTS (
                    SELECT FROM ledger.certificate c
                    WHERE c.serial = r.serial AND c.request_id = r.request_id))
                + (SELECT count(*) FROM ledger.join_token_redemption t
                   WHERE t.serial IS NOT NULL AND NOT EXISTS (
                    SELECT FROM ledger.certificate c WHERE c.serial = t.serial))
                + (SELECT count(*) FROM ledger.certificate c
                   WHERE c.request_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM ledger.issuance_request r
                    WHERE c.serial = r.serial AND c.request_id = r.request_id))
            """;

    private static final String TWICE =
            """
            SELECT count(*) FROM (
                SELECT serial FROM ledger.certificate GROUP BY serial HAVING count(*) > 1) twice
            """;

    private static int count(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }

    private void remember(Ledger.RecordOutcome outcome) {
        switch (outcome) {
            case Ledger.Recorded(RecordedCertificate certificate) -> released.add(certificate);
            case Ledger.AlreadyRecorded(RecordedCertificate certificate) ->
                    released.add(certificate);
            case Ledger.RequestIdReused _,
                    Ledger.JoinTokenAlreadyUsed _,
                    Ledger.SerialNumberTaken _,
                    Ledger.Unavailable _ -> {}
        }
    }

    @Override
    public void close() {
        ledger.close();
    }
}
