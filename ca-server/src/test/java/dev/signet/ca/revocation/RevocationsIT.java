package dev.signet.ca.revocation;

import static dev.signet.ca.revocation.RevocationRig.CAUSE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.ledger.RealChanges;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Revocations.Criteria;
import dev.signet.ca.revocation.Revocations.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

class RevocationsIT {

    private static final String ORDERS = "spiffe://example.org/ns/shop/sa/orders";

    private TestDatabase database;
    private LedgerRows rows;
    private RevocationRig here;
    private RevocationRig there;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        rows = new LedgerRows(database);
        here = new RevocationRig(database);
        there = new RevocationRig(database);
    }

    @AfterEach
    void drop() {
        here.close();
        there.close();
        database.close();
    }

    private long count() {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM revocation.revocation")
                .query(Long.class)
                .single();
    }

    @Test
    void R9_aRevocationReachesEveryReplicaWithinASecondBySignal() {
        try (RealChanges changes = RealChanges.on(database.settings())) {
            changes.watch("revocation", there.feed::look);
            changes.awaitListening();
            AtomicInteger grown = new AtomicInteger();
            var _ = there.feed.watch(grown::incrementAndGet);
            for (int i = 1; i <= 5; i++) {
                SerialNumber serial = rows.add(ORDERS);
                assertThat(here.revocations.revoke(serial, CAUSE))
                        .isInstanceOf(Outcome.Revoked.class);
                assertThat(here.feed.find(serial)).isPresent();
                await().atMost(Duration.ofSeconds(1))
                        .until(() -> there.feed.find(serial).isPresent());
                int times = i;
                await().until(() -> grown.get() >= times);
            }
        }
    }

    @Test
    void R9_aRevocationReachesEveryReplicaWithinASecondWithoutAnySignal() {
        try (RevocationUpkeep _ =
                new RevocationUpkeep(there.feed::look, there.runner::run, () -> {})) {
            SerialNumber serial = rows.add(ORDERS);
            here.revocations.revoke(serial, CAUSE);
            await().atMost(Duration.ofSeconds(1)).until(() -> there.feed.find(serial).isPresent());
        }
    }

    @Test
    void ofAThousandWhoRevokeTheSameAtOnceOneDoes() throws Exception {
        SerialNumber serial = rows.add(ORDERS);
        Outcomes outcomes = new Outcomes();
        try (var executor = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                RevocationRig replica = i % 2 == 0 ? here : there;
                calls.add(() -> outcomes.add(replica.revocations.revoke(serial, CAUSE)));
            }
            for (var call : executor.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        }
        assertThat(outcomes.stream().filter(Outcome.Revoked.class::isInstance)).hasSize(1);
        assertThat(outcomes.stream().filter(Outcome.AlreadyRevoked.class::isInstance)).hasSize(999);
        assertThat(count()).isEqualTo(1);
    }

    private static final class Outcomes extends ConcurrentLinkedQueue<Outcome> {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void sequencesAreInTheOrderOfCommitsWhoeverRevokes() throws Exception {
        List<SerialNumber> serials = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            serials.add(rows.add(ORDERS));
        }
        List<Long> seen = new ArrayList<>();
        try (RealChanges changes = RealChanges.on(database.settings());
                var executor = Executors.newFixedThreadPool(6)) {
            RevocationRig reader = there;
            var _ =
                    reader.feed.watch(() ->
                            reader.feed.forEachAfter(
                                    seen.isEmpty() ? 0 : seen.getLast(),
                                    entry -> seen.add(entry.sequence())));
            changes.watch("revocation", reader.feed::look);
            changes.awaitListening();
            for (var call :
                    executor.invokeAll(
                            serials.stream()
                                    .<Callable<Outcome>>map(
                                            serial -> () -> here.revocations.revoke(serial, CAUSE))
                                    .toList())) {
                assertThat(call.get()).isInstanceOf(Outcome.Revoked.class);
            }
            await().until(() -> seen.size() == 60);
        }
        assertThat(seen).isSorted().doesNotHaveDuplicates();
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        assertThat(seen.getLast()).isBetween(now - 60_000_000, now + 1_000_000);
    }

    @Test
    void aCommitThatWasLostIsNoRevocationAndOneThatIsUnclearIsFoundAgain() {
        SerialNumber lost = rows.add(ORDERS);
        SerialNumber persisted = rows.add(ORDERS);
        try (RevocationRig losing =
                        new RevocationRig(new FaultyCommits(database.dataSource(), false));
                RevocationRig unclear =
                        new RevocationRig(new FaultyCommits(database.dataSource(), true))) {
            assertThatThrownBy(() -> losing.revocations.revoke(lost, CAUSE))
                    .isInstanceOf(LedgerUnavailableException.class);
            assertThatThrownBy(() -> unclear.revocations.revoke(persisted, CAUSE))
                    .isInstanceOf(LedgerUnavailableException.class);
            unclear.feed.look();
            losing.feed.look();
            assertThat(unclear.feed.find(persisted)).isPresent();
            assertThat(losing.feed.find(lost)).isEmpty();
        }
        assertThat(here.revocations.revoke(lost, CAUSE)).isInstanceOf(Outcome.Revoked.class);
        assertThat(here.revocations.revoke(persisted, CAUSE))
                .isInstanceOf(Outcome.AlreadyRevoked.class);
    }

    @Test
    void joinsTheCallersTransaction() {
        SerialNumber serial = rows.add(ORDERS);
        here.transactions.executeWithoutResult(transaction -> {
            assertThat(here.revocations.revoke(serial, CAUSE)).isInstanceOf(Outcome.Revoked.class);
            assertThat(here.feed.find(serial)).isEmpty();
            transaction.setRollbackOnly();
        });
        assertThat(count()).isZero();
        assertThat(here.feed.find(serial)).isEmpty();
        here.transactions.executeWithoutResult(_ -> here.revocations.revoke(serial, CAUSE));
        assertThat(here.feed.find(serial)).isPresent();
    }

    @Test
    void saysWhatCannotBeRevokedAndWhatWasRevokedBefore() {
        SerialNumber serial = rows.add(ORDERS);
        assertThat(here.revocations.revoke(LedgerRows.serial(LedgerRows.inAnHour()), CAUSE))
                .isInstanceOf(Outcome.NotOnRecord.class);
        SerialNumber expired =
                rows.add(ORDERS, Instant.now().minusSeconds(2).truncatedTo(ChronoUnit.SECONDS));
        assertThat(here.revocations.revoke(expired, CAUSE)).isInstanceOf(Outcome.Expired.class);
        here.revocations.revoke(serial, CAUSE);
        assertThat(
                        here.revocations.revoke(
                                serial,
                                new RevocationCause(
                                        RevocationReason.SUPERSEDED, "", RevocationRig.ANNA)))
                .isInstanceOfSatisfying(
                        Outcome.AlreadyRevoked.class,
                        before ->
                                assertThat(before.revocation().reason())
                                        .isEqualTo(RevocationReason.KEY_COMPROMISE));
        Revocation revocation = here.revocations.find(serial).orElseThrow();
        assertThat(revocation.spiffeId()).isEqualTo(ORDERS);
        assertThat(revocation.onRecord()).isTrue();
        assertThat(revocation.comment()).isEqualTo("laptop stolen");
        assertThat(revocation.by().subject()).isEqualTo("issuer|anna");
        assertThat(here.revocations.find(List.of(serial, expired))).containsOnlyKeys(serial);
    }

    @Test
    void revokesWhatIsNotOnRecordAndMarksIt() {
        SerialNumber serial = LedgerRows.serial(LedgerRows.inAnHour());
        assertThat(here.revocations.revokeUnrecorded(serial, "authority-9", null, null, CAUSE))
                .isInstanceOf(Outcome.Revoked.class);
        Revocation revocation = here.revocations.find(serial).orElseThrow();
        assertThat(revocation.onRecord()).isFalse();
        assertThat(revocation.notAfter()).isEqualTo(serial.expiryHour().plusSeconds(3599));
        assertThat(here.feed.find(serial).orElseThrow().authorityId()).isEqualTo("authority-9");
        SerialNumber other = LedgerRows.serial(LedgerRows.inAnHour());
        assertThatThrownBy(() ->
                        here.revocations.revokeUnrecorded(
                                other,
                                "authority-9",
                                other.expiryHour().plusSeconds(3600),
                                null,
                                CAUSE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hour");
    }

    @Test
    void listsAndStreamsByEachCriterion() {
        SerialNumber first = rows.add(ORDERS);
        SerialNumber second = rows.add("spiffe://example.org/ns/shop/sa/web");
        here.revocations.revoke(first, CAUSE);
        here.revocations.revoke(
                second, new RevocationCause(RevocationReason.SUPERSEDED, "", RevocationRig.ANNA));
        var page = here.revocations.list(Criteria.ANY, 1, null);
        assertThat(page.revocations()).extracting(Revocation::serialNumber).containsExactly(second);
        assertThat(here.revocations.list(Criteria.ANY, 1, page.nextPageToken()).revocations())
                .extracting(Revocation::serialNumber)
                .containsExactly(first);
        assertThat(found(new Criteria(first, null, null, null, null, null, null, null)))
                .containsExactly(first);
        assertThat(found(new Criteria(null, "authority-1", null, null, null, null, null, null)))
                .containsExactly(first, second);
        assertThat(found(new Criteria(null, null, ORDERS, null, null, null, null, null)))
                .containsExactly(first);
        assertThat(
                        found(
                                new Criteria(
                                        null,
                                        null,
                                        null,
                                        RevocationReason.SUPERSEDED,
                                        null,
                                        null,
                                        null,
                                        null)))
                .containsExactly(second);
        assertThat(found(new Criteria(null, null, null, null, null, "nobody", null, null)))
                .isEmpty();
        assertThatThrownBy(() -> here.revocations.list(Criteria.ANY, 0, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> here.revocations.list(Criteria.ANY, 1, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<SerialNumber> found(Criteria criteria) {
        List<SerialNumber> found = new ArrayList<>();
        here.revocations.stream(criteria, revocation -> found.add(revocation.serialNumber()));
        return found;
    }

    @Test
    void R15_retentionNeverRemovesARevocationThatMayMatter() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        List<SerialNumber> kept = new ArrayList<>();
        for (long hours : new long[] {8_760, 24, 1, -1, -24, -47}) {
            kept.add(insert(now.plus(Duration.ofHours(hours))));
        }
        for (long hours : new long[] {-49, -100, -10_000}) {
            insert(now.plus(Duration.ofHours(hours)));
        }
        SerialNumber newest = insert(now.minus(Duration.ofDays(100)));
        JdbcRevocationCleanup cleanup =
                new JdbcRevocationCleanup(this::maintenance, Duration.ofDays(1));
        cleanup.forget();
        List<SerialNumber> left = found(Criteria.ANY);
        // The greatest sequence stays, so that numbers go on from it.
        kept.add(newest);
        assertThat(left).containsExactlyElementsOf(kept);
        assertThatThrownBy(() ->
                        maintenance()
                                .createStatement()
                                .executeQuery(
                                        "SELECT revocation.forget_expired(interval '47 hours', 1)"))
                .isInstanceOf(SQLException.class);
    }

    private java.sql.Connection maintenance() throws SQLException {
        var connection = database.ownerDataSource().getConnection();
        connection.createStatement().execute("SET ROLE signet_maintenance");
        return connection;
    }

    /// As the owner, so that it may have expired.
    private SerialNumber insert(Instant notAfter) {
        SerialNumber serial = LedgerRows.serial(notAfter);
        here.transactions.executeWithoutResult(_ ->
                here.insert.insert(
                        List.of(new Revocable(serial, "authority-1", notAfter, null, true)),
                        CAUSE,
                        null));
        return serial;
    }

    @Test
    void R15_whatIsRevokedAndUnexpiredIsInTheFeedOfAReplicaThatStarts() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        SerialNumber live = insert(now.plusSeconds(60));
        SerialNumber longAgo = insert(now.minus(Duration.ofHours(60)));
        try (RevocationRig started = new RevocationRig(database)) {
            assertThat(started.feed.find(live)).isPresent();
            assertThat(started.feed.find(longAgo)).isEmpty();
            assertThat(started.feed.knowledge().sequence())
                    .isEqualTo(here.revocations.find(longAgo).orElseThrow().sequence());
            assertThat(started.feed.knows(started.feed.knowledge().sequence())).isTrue();
        }
    }

    @Test
    void expiredEntriesLeaveTheFeed() {
        SerialNumber serial = insert(Instant.now().plusSeconds(60));
        SerialNumber later = insert(Instant.now().plus(Duration.ofDays(10)));
        here.aheadNanos.set(Duration.ofHours(20).toNanos());
        here.feed.look();
        assertThat(here.feed.find(serial)).isPresent();
        here.aheadNanos.set(Duration.ofHours(28).toNanos());
        here.feed.look();
        assertThat(here.feed.find(serial)).isEmpty();
        assertThat(here.feed.find(later)).isPresent();
        assertThat(here.feed.size()).isEqualTo(1);
    }

    @Test
    void noticesThatPostgresqlWasPutBackAndKeepsRefusingWhatWasLost() {
        SerialNumber kept = rows.add(ORDERS);
        SerialNumber lost = rows.add(ORDERS);
        here.revocations.revoke(kept, CAUSE);
        here.revocations.revoke(lost, CAUSE);
        long sequence = here.revocations.find(lost).orElseThrow().sequence();
        assertThat(here.feed.knows(sequence)).isTrue();
        database.ownerJdbcClient()
                .sql("DELETE FROM revocation.revocation WHERE serial = ?")
                .param(lost.octets())
                .update();
        SerialNumber after = rows.add(ORDERS);
        there.feed.look();
        there.revocations.revoke(after, CAUSE);
        assertThat(there.revocations.find(after).orElseThrow().sequence()).isGreaterThan(sequence);
        here.feed.look();
        assertThat(here.feed.knows(sequence)).isFalse();
        assertThat(here.feed.lostEntries()).isEqualTo(1);
        assertThat(List.of(kept, lost, after))
                .allSatisfy(serial -> assertThat(here.feed.find(serial)).isPresent());
        List<SerialNumber> given = new ArrayList<>();
        here.feed.forEachAfter(0, entry -> given.add(entry.serialNumber()));
        assertThat(given).containsExactly(kept, after);
    }

    @Test
    void takesUnknownKnowledgeForNoPermission() {
        assertThat(here.feed.objection(List.of())).isEmpty();
        database.close();
        here.feed.look();
        here.aheadNanos.set(Duration.ofSeconds(11).toNanos());
        assertThat(here.feed.objection(List.of()).orElseThrow().code())
                .isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
        assertThat(here.blocks.objection(SpiffeId.parse(ORDERS).orElseThrow()).orElseThrow().code())
                .isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
        assertThatThrownBy(() ->
                        here.revocations.revoke(LedgerRows.serial(LedgerRows.inAnHour()), CAUSE))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> new RevocationRig(database)).isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE revocation.revocation SET reason = 'unspecified'",
                "DELETE FROM revocation.revocation",
                "TRUNCATE revocation.revocation",
                "DELETE FROM revocation.block",
                "DELETE FROM revocation.block_release",
                "UPDATE revocation.job SET rate = 1",
                "SELECT revocation.forget_expired(interval '2 days', 1)",
            })
    void R15_theServerCanNeitherChangeNorRemoveARevocation(String sql) {
        assertThatThrownBy(() -> database.jdbcClient().sql(sql).update())
                .rootCause()
                .satisfies(cause ->
                        assertThat(((SQLException) cause).getSQLState()).isEqualTo("42501"));
    }
}
