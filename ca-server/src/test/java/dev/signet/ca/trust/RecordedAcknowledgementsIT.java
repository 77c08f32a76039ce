package dev.signet.ca.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.authority.TrustAnchors;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

class RecordedAcknowledgementsIT {

    private static final Instant NOT_AFTER = Instant.parse("2031-01-01T00:00:00Z");
    private static final SpiffeId ID = id("one");

    private final TestDatabase database = TestDatabase.create();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger published = new AtomicInteger();
    private final JdbcTrustBundleStore bundles = bundles();
    private final RecordedAcknowledgements acknowledgements =
            new RecordedAcknowledgements(
                    new JdbcAcknowledgementStore(
                            new JdbcTemplate(database.dataSource()), transactions()),
                    bundles,
                    TestAuthority.TRUST_DOMAIN,
                    published::incrementAndGet,
                    Executors.newSingleThreadScheduledExecutor(),
                    meters);
    private long version;

    private JdbcTrustBundleStore bundles() {
        return new JdbcTrustBundleStore(
                JdbcClient.create(database.dataSource()), transactions(), "replica");
    }

    private TransactionTemplate transactions() {
        DataSource dataSource = database.dataSource();
        return new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    @BeforeEach
    void publish() {
        byte[] root = TestAuthority.at(Instant.parse("2026-11-23T10:00:00Z")).root();
        version =
                bundles.publish(TestAuthority.TRUST_DOMAIN, new TrustAnchors(1, List.of(root)))
                        .version();
    }

    @AfterEach
    void close() {
        acknowledgements.close();
        database.close();
    }

    private static SpiffeId id(String name) {
        return SpiffeId.parse("spiffe://example.org/" + name).orElseThrow();
    }

    private static SerialNumber serial(int number) {
        byte[] random = new byte[16];
        random[14] = (byte) (number >>> 8);
        random[15] = (byte) number;
        return SerialNumber.of(NOT_AFTER, random);
    }

    private List<Long> versions() {
        return database.jdbcClient()
                .sql("SELECT version FROM trust.acknowledgement ORDER BY serial, version")
                .query(Long.class)
                .list();
    }

    private double counted(String outcome) {
        return meters.get("signet.trust.acknowledgements")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void recordsTheGreatestVersionOfEachCertificateOnce() {
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version - 1);
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version);
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version - 2);
        acknowledgements.acknowledge(ID, serial(2), NOT_AFTER, version - 1);
        acknowledgements.acknowledge(ID, serial(3), NOT_AFTER, 0);
        acknowledgements.flush();
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version);
        acknowledgements.flush();
        assertThat(versions()).containsExactly(version, version - 1);
    }

    @Test
    void recordsManyBatches() {
        for (int i = 0; i < 2_500; i++) {
            acknowledgements.acknowledge(id("w" + i), serial(i), NOT_AFTER, version);
        }
        acknowledgements.flush();
        assertThat(versions()).hasSize(2_500);
    }

    @Test
    void aVersionThatWasLostMakesAGreaterOne() {
        long lost = version + 1;
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, lost);
        acknowledgements.flush();
        assertThat(bundles.latest(TestAuthority.TRUST_DOMAIN).orElseThrow().version())
                .isGreaterThan(lost);
        assertThat(published).hasValue(1);
        assertThat(counted("unknown")).isEqualTo(1);
        assertThat(versions()).containsExactly(lost);
    }

    @Test
    void aVersionOfTheFutureIsNotBelieved() {
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, Long.MAX_VALUE);
        acknowledgements.acknowledge(ID, serial(2), NOT_AFTER, version + 86_400);
        acknowledgements.acknowledge(ID, serial(3), NOT_AFTER, version);
        acknowledgements.flush();
        assertThat(bundles.latest(TestAuthority.TRUST_DOMAIN).orElseThrow().version())
                .isEqualTo(version);
        assertThat(counted("implausible")).isEqualTo(2);
        assertThat(published).hasValue(0);
        assertThat(versions()).containsExactly(version);
    }

    @Test
    void forgetsWhatExpiredAndNothingElse() {
        JdbcClient owner = database.ownerJdbcClient();
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version);
        acknowledgements.acknowledge(ID, serial(2), Instant.now().minusSeconds(7_200), version);
        acknowledgements.acknowledge(ID, serial(3), Instant.now().minusSeconds(60), version);
        acknowledgements.flush();
        assertThat(
                        new JdbcAcknowledgementStore(
                                        new JdbcTemplate(database.dataSource()), transactions())
                                .forget())
                .isEqualTo(1);
        assertThat(
                        owner.sql("SELECT count(*) FROM trust.acknowledgement")
                                .query(Integer.class)
                                .single())
                .isEqualTo(2);
    }

    @Test
    void keepsWhatItCouldNotRecord() {
        acknowledgements.acknowledge(ID, serial(1), NOT_AFTER, version);
        database.ownerJdbcClient().sql("ALTER TABLE trust.acknowledgement RENAME TO away").update();
        acknowledgements.flush();
        database.ownerJdbcClient().sql("ALTER TABLE trust.away RENAME TO acknowledgement").update();
        acknowledgements.flush();
        assertThat(versions()).containsExactly(version);
    }
}
