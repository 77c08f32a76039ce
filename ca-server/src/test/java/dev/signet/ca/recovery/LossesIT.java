package dev.signet.ca.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.recovery.Losses.LostRevocations;
import dev.signet.ca.revocation.RevocationLoss;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class LossesIT {

    private static final long LOST = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    private static final long KNOWN = LOST - 60_000_000;

    private final AtomicLong nanos = new AtomicLong();
    private TestDatabase database;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        database.ownerJdbcClient().sql("SELECT ledger.ensure_partitions(3)").query().singleValue();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    /// What one server has of it.
    private final class Replica {

        final RevocationLoss loss = new RevocationLoss(InstantSource.system());
        final JdbcLosses losses;
        final LossRecorder recorder;

        Replica(String name) {
            JdbcClient jdbc = JdbcClient.create(database.dataSource());
            losses =
                    new JdbcLosses(
                            jdbc,
                            new JdbcUnrecordedCertificates(jdbc, InstantSource.system()),
                            name);
            recorder = new LossRecorder(loss, losses, nanos::get);
        }

        void shown(long sequence) {
            loss.suspect(sequence, KNOWN);
            recorder.look();
        }

        LostRevocations lost() {
            return losses.open().revocations().orElse(null);
        }
    }

    private byte[] present(String name) {
        return database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO recovery.unrecorded_certificate (serial, spiffe_id, authority_id,
                            not_before, not_after, der)
                        SELECT int4send(1073741824 + floor(date_part('epoch', n.moment) / 3600)::int)
                                || substring(sha256(:name::text::bytea) FROM 1 FOR 16),
                            'spiffe://example.org/' || :name, 'a', n.moment - interval '1 hour',
                            n.moment, 'der'
                        FROM (SELECT date_trunc('second', clock_timestamp() + interval '1 hour')
                            AS moment) n
                        RETURNING serial
                        """)
                .param("name", name)
                .query((row, _) -> row.getBytes(1))
                .single();
    }

    private void revoke(byte[] serial, long sequence) {
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO revocation.revocation (sequence, serial, authority_id, not_after,
                            on_record, reason, comment, actor_kind, actor_subject)
                        SELECT :sequence, u.serial, u.authority_id, u.not_after, false, 'superseded',
                            '', 'oidc', 'alice'
                        FROM recovery.unrecorded_certificate u WHERE u.serial = :serial
                        """)
                .param("sequence", sequence)
                .param("serial", serial)
                .update();
    }

    @Test
    void whatOneReplicaIsShownEveryReplicaKnowsAlsoAfterARestart() {
        Replica a = new Replica("a");
        Replica b = new Replica("b");
        assertThat(b.losses.open().isEmpty()).isTrue();
        a.shown(LOST);
        for (Replica each : List.of(a, b, new Replica("a"))) {
            assertThat(each.lost().upTo()).isEqualTo(LOST);
            assertThat(each.lost().after()).isEqualTo(KNOWN);
            assertThat(each.lost().replicas()).containsExactly("a");
        }
        b.shown(LOST + 5);
        assertThat(a.lost().upTo()).isEqualTo(LOST + 5);
        assertThat(a.lost().replicas()).containsExactly("a", "b");
    }

    @Test
    void anAcknowledgementClosesItOnAllReplicasAndWhatIsShownLaterOpensIt() {
        Replica a = new Replica("a");
        Replica b = new Replica("b");
        a.shown(LOST);
        b.losses.acknowledge(LOST, null, "a test");
        assertThat(a.losses.open().isEmpty()).isTrue();
        // The same client reconnects, to another replica or after a restart.
        new Replica("a").shown(LOST);
        b.shown(LOST - 1);
        assertThat(a.losses.open().isEmpty()).isTrue();
        new Replica("c").shown(LOST + 1);
        assertThat(b.lost().upTo()).isEqualTo(LOST + 1);
    }

    @Test
    void anAcknowledgementIsUpToWhatWasLookedAt() {
        Replica a = new Replica("a");
        Replica b = new Replica("b");
        a.shown(LOST);
        b.shown(LOST + 7);
        a.losses.acknowledge(LOST, null, "a test");
        assertThat(a.lost().upTo()).isEqualTo(LOST + 7);
    }

    @Test
    void aRevocationThatIsOnRecordAgainIsNotLost() {
        Replica a = new Replica("a");
        a.shown(LOST);
        revoke(present("x"), LOST);
        assertThat(a.losses.open().isEmpty()).isTrue();
    }

    @Test
    void aCertificateIsClosedWhenItIsRevokedRecordedOrAcknowledged() {
        Replica a = new Replica("a");
        byte[] revoked = present("revoked");
        byte[] recorded = present("recorded");
        present("other");
        assertThat(a.losses.open().certificates()).isEqualTo(3);
        revoke(revoked, LOST);
        assertThat(a.losses.open().certificates()).isEqualTo(2);
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO ledger.certificate (serial, spiffe_id, key_sha256, profile,
                            profile_version, policy_version, policy_rule, evidence_kind,
                            evidence_subject, attributes, authority_id, not_before, not_after,
                            replica, der)
                        SELECT u.serial, u.spiffe_id, sha256('k'), 'workload', 1, '0', 'r', 'oidc',
                            's', '{}', 'a', u.not_before, u.not_after, 'r', 'der'
                        FROM recovery.unrecorded_certificate u WHERE u.serial = :serial
                        """)
                .param("serial", recorded)
                .update();
        assertThat(a.losses.open().certificates()).isEqualTo(1);
        a.losses.acknowledge(null, a.losses.open().certificatesUpTo(), "a test");
        assertThat(a.losses.open().isEmpty()).isTrue();
        present("later");
        assertThat(new Replica("b").losses.open().certificates()).isEqualTo(1);
    }

    @Test
    void aClientThatClaimsManySequencesOrOnesOfTheFutureFillsNothing() {
        Replica a = new Replica("a");
        for (int i = 0; i < 100; i++) {
            a.shown(LOST + i);
        }
        assertThat(rows()).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        a.recorder.look();
        assertThat(rows()).isEqualTo(2);
        assertThat(a.lost().upTo()).isEqualTo(LOST + 99);
        new Replica("b").shown(LOST + Duration.ofDays(1).toNanos() / 1000);
        assertThat(rows()).isEqualTo(2);
    }

    private long rows() {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM recovery.lost_revocations")
                .query(Long.class)
                .single();
    }

    @Test
    void whatCouldNotBeRecordedIsRecordedLater() {
        Replica a = new Replica("a");
        database.ownerJdbcClient()
                .sql("REVOKE INSERT ON recovery.lost_revocations FROM signet_server")
                .update();
        a.shown(LOST);
        assertThat(rows()).isZero();
        database.ownerJdbcClient()
                .sql("GRANT INSERT ON recovery.lost_revocations TO signet_server")
                .update();
        a.recorder.look();
        assertThat(a.lost().upTo()).isEqualTo(LOST);
    }

    @Test
    void theServerCanNeitherChangeNorRemoveWhatIsOnRecord() {
        Replica a = new Replica("a");
        a.shown(LOST);
        a.losses.acknowledge(LOST, Instant.EPOCH.atOffset(ZoneOffset.UTC).toInstant(), "a test");
        for (String statement :
                List.of(
                        "DELETE FROM recovery.lost_revocations",
                        "UPDATE recovery.lost_revocations SET sequence = 1",
                        "DELETE FROM recovery.acknowledgement",
                        "UPDATE recovery.acknowledgement SET reason = 'x'")) {
            assertThatThrownBy(() -> database.jdbcClient().sql(statement).update())
                    .as(statement)
                    .isInstanceOf(DataAccessException.class);
        }
    }
}
