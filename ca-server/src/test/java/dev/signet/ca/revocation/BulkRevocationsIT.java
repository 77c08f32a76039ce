package dev.signet.ca.revocation;

import static dev.signet.ca.revocation.RevocationRig.ANNA;
import static dev.signet.ca.revocation.RevocationRig.CAUSE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateSelection;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.revocation.BulkRevocations.Cancelled;
import dev.signet.ca.revocation.BulkRevocations.Created;
import dev.signet.ca.revocation.BulkRevocations.Job;
import dev.signet.ca.revocation.BulkRevocations.Order;
import dev.signet.ca.revocation.BulkRevocations.Preview;
import dev.signet.ca.revocation.BulkRevocations.State;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class BulkRevocationsIT {

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

    private static CertificateSelector prefix(String prefix) {
        return new CertificateSelector(
                null, prefix, null, null, null, null, null, null, null, null);
    }

    private static CertificateSelector rule(String rule) {
        return new CertificateSelector(null, null, null, null, null, null, null, null, rule, null);
    }

    private Job create(CertificateSelector selector, String token, int rate) {
        return ((Created.Done) here.bulk.create(new Order(selector, token, CAUSE, rate, false)))
                .job();
    }

    /// Steps until it is over, on replicas in turn.
    private int run(Job job) {
        int steps = 0;
        while (here.bulk.find(job.id()).orElseThrow().state() == State.RUNNING) {
            Duration wait = (steps % 2 == 0 ? here : there).runner.run();
            steps++;
            if (wait.compareTo(Duration.ofMillis(200)) > 0) {
                // Pace is by the database's clock: let the last step be long ago instead of
                // waiting.
                database.ownerJdbcClient()
                        .sql(
                                "UPDATE revocation.job_step SET made_at = made_at - interval '1 minute'")
                        .update();
            }
        }
        return steps;
    }

    private Set<SerialNumber> revoked() {
        Set<SerialNumber> revoked = new HashSet<>();
        here.revocations.stream(
                Revocations.Criteria.ANY, entry -> revoked.add(entry.serialNumber()));
        return revoked;
    }

    @Test
    void revokesWhatWasPreviewedInStepsAtItsRate() {
        rows.addMany(2_500, "rule-7");
        rows.add("spiffe://example.org/other");
        Preview preview = here.bulk.preview(rule("rule-7"));
        assertThat(preview.count()).isEqualTo(2_500);
        assertThat(preview.exact()).isTrue();
        assertThat(preview.sample()).hasSize(10);
        Job job = create(rule("rule-7"), preview.token(), 500);
        assertThat(job.state()).isEqualTo(State.WAITING);
        assertThat(here.runner.run()).isEqualTo(JdbcBulkRunner.IDLE);
        assertThat(revoked()).isEmpty();
        here.bulk.start(job.id());
        here.runner.run();
        assertThat(revoked()).hasSize(500);
        // The next one is due in a second.
        here.runner.run();
        there.runner.run();
        assertThat(revoked()).hasSize(500);
        assertThat(here.bulk.find(job.id()).orElseThrow().revoked()).isEqualTo(500);
        run(job);
        assertThat(revoked()).hasSize(2_500);
        Job done = there.bulk.find(job.id()).orElseThrow();
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.revoked()).isEqualTo(2_500);
        assertThat(here.bulk.preview(rule("rule-7")).count()).isZero();
    }

    @Test
    void goesOnAfterACrashBetweenTwoSteps() {
        rows.addMany(1_000, "rule-7");
        Preview preview = here.bulk.preview(prefix("spiffe://example.org/bulk/"));
        Job job = create(prefix("spiffe://example.org/bulk/"), preview.token(), 300);
        here.bulk.start(job.id());
        here.runner.run();
        here.close();
        here = new RevocationRig(database);
        run(job);
        assertThat(revoked()).hasSize(1_000);
        assertThat(here.bulk.find(job.id()).orElseThrow().revoked()).isEqualTo(1_000);
    }

    @Test
    void aCrashWithinAStepLosesTheStepAndNothingElse() {
        rows.addMany(600, "rule-7");
        Job job = create(rule("rule-7"), here.bulk.preview(rule("rule-7")).token(), 200);
        here.bulk.start(job.id());
        AtomicInteger calls = new AtomicInteger();
        CertificateSelection failing =
                new CertificateSelection() {
                    @Override
                    public Summary summary(
                            dev.signet.ca.ledger.CertificateRecords.Criteria criteria, int bound) {
                        return here.selection.summary(criteria, bound);
                    }

                    @Override
                    public Batch next(
                            dev.signet.ca.ledger.CertificateRecords.Criteria criteria,
                            String after,
                            int limit) {
                        Batch batch = here.selection.next(criteria, after, limit);
                        if (calls.incrementAndGet() == 2) {
                            // The position is too long for its column: the step fails after its
                            // revocations were written.
                            return new Batch(batch.certificates(), "x".repeat(129), batch.last());
                        }
                        return batch;
                    }
                };
        JdbcBulkRunner crashing =
                new JdbcBulkRunner(here.jdbc, here.transactions, failing, here.insert);
        crashing.run();
        database.ownerJdbcClient()
                .sql("UPDATE revocation.job_step SET made_at = made_at - interval '1 minute'")
                .update();
        crashing.run();
        assertThat(calls).hasValue(2);
        assertThat(revoked()).hasSize(200);
        run(job);
        assertThat(revoked()).hasSize(600);
    }

    @Test
    void twoReplicasNeverMakeTheSameStep() throws Exception {
        rows.addMany(3_000, "rule-7");
        Job job = create(rule("rule-7"), here.bulk.preview(rule("rule-7")).token(), 10_000);
        here.bulk.start(job.id());
        try (var executor = Executors.newFixedThreadPool(4)) {
            Callable<Boolean> loop =
                    () -> {
                        RevocationRig replica = Math.random() < 0.5 ? here : there;
                        while (replica.bulk.find(job.id()).orElseThrow().state() == State.RUNNING) {
                            replica.runner.run();
                        }
                        return true;
                    };
            for (var each : executor.invokeAll(List.of(loop, loop, loop, loop))) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(revoked()).hasSize(3_000);
        assertThat(here.bulk.find(job.id()).orElseThrow().revoked()).isEqualTo(3_000);
    }

    @Test
    void refusesWhatIsNotWhatWasPreviewed() {
        rows.addMany(5, "rule-7");
        CertificateSelector selector = rule("rule-7");
        Preview preview = here.bulk.preview(selector);
        // Issued since: not part of it, and no change.
        rows.addMany(1, "rule-7");
        SerialNumber one = preview.sample().getFirst().serialNumber();
        assertThat(refused(rule("rule-8"), preview.token())).isTrue();
        assertThat(refused(selector, "x")).isTrue();
        assertThat(refused(selector, preview.token().replace(".5.", ".6."))).isTrue();
        here.revocations.revoke(one, CAUSE);
        assertThat(refused(selector, preview.token())).isTrue();
    }

    private boolean refused(CertificateSelector selector, String token) {
        return here.bulk.create(new Order(selector, token, CAUSE, 100, false))
                instanceof Created.Changed;
    }

    @Test
    void leavesOutWhatIsIssuedLaterUnlessItsIdentityIsBlocked() {
        String id = "spiffe://example.org/ns/shop/sa/orders";
        CertificateSelector selector =
                new CertificateSelector(id, null, null, null, null, null, null, null, null, null);
        rows.add(id, LedgerRows.inAnHour(), "kubernetes", "s", "r", "a", 5);
        Preview preview = here.bulk.preview(selector);
        rows.add(id, LedgerRows.inAnHour(), "kubernetes", "s", "r", "a", 0);
        Job job = create(selector, preview.token(), 100);
        here.bulk.start(job.id());
        run(job);
        assertThat(revoked()).hasSize(1);

        Preview again = here.bulk.preview(selector);
        assertThat(again.count()).isEqualTo(1);
        Job blocking =
                ((Created.Done)
                                here.bulk.create(
                                        new Order(selector, again.token(), CAUSE, 100, true)))
                        .job();
        here.bulk.start(blocking.id());
        here.runner.run();
        rows.add(id);
        assertThat(here.bulk.find(blocking.id()).orElseThrow().state()).isEqualTo(State.RUNNING);
        run(blocking);
        assertThat(revoked()).hasSize(3);
    }

    @Test
    void canBeCancelledAndKeepsWhatItHasDone() {
        rows.addMany(500, "rule-7");
        Job job = create(rule("rule-7"), here.bulk.preview(rule("rule-7")).token(), 100);
        here.bulk.start(job.id());
        here.runner.run();
        assertThat(there.bulk.cancel(job.id(), "wrong rule", ANNA))
                .isInstanceOf(Cancelled.Done.class);
        run(job);
        here.runner.run();
        assertThat(revoked()).hasSize(100);
        Job over = here.bulk.find(job.id()).orElseThrow();
        assertThat(over.state()).isEqualTo(State.CANCELLED);
        assertThat(there.bulk.cancel(job.id(), "again", ANNA)).isInstanceOf(Cancelled.Over.class);
        assertThat(there.bulk.cancel(new java.util.UUID(1, 2), "x", ANNA))
                .isInstanceOf(Cancelled.NotFound.class);
        assertThat(here.bulk.list(10, null).jobs()).containsExactly(over);
    }

    @Test
    void startsAfterApprovalWhatIsStillTheSame() {
        rows.addMany(5, "rule-7");
        Preview preview = here.bulk.preview(rule("rule-7"));
        Job job = create(rule("rule-7"), preview.token(), 100);
        here.revocations.revoke(preview.sample().getFirst().serialNumber(), CAUSE);
        assertThat(here.bulk.startIfUnchanged(job.id(), preview.token())).isFalse();
        Job other = create(rule("rule-7"), here.bulk.preview(rule("rule-7")).token(), 100);
        Preview same = here.bulk.preview(rule("rule-7"));
        assertThat(here.bulk.startIfUnchanged(other.id(), same.token())).isTrue();
        assertThat(here.bulk.startIfUnchanged(other.id(), same.token())).isFalse();
    }

    @Test
    void findsByEachPartOfASelectorWhatItsPlainMeaningIs() {
        List<String> ids =
                List.of(
                        "spiffe://example.org/ns/shop/sa/orders",
                        "spiffe://example.org/ns/shop/sa/web",
                        "spiffe://example.org/ns/shopping/sa/web",
                        "spiffe://example.org/ns/shop");
        Instant end = LedgerRows.inAnHour();
        for (int i = 0; i < 80; i++) {
            rows.add(
                    ids.get(i % 4),
                    i % 10 == 9
                            ? Instant.now().minusSeconds(5).truncatedTo(ChronoUnit.SECONDS)
                            : end,
                    i % 2 == 0 ? "oidc" : "kubernetes",
                    "subject-" + i % 3,
                    "rule-" + i % 5,
                    "authority-" + i % 7,
                    1 + i);
        }
        Instant now = Instant.now();
        String key =
                HexFormat.of()
                        .formatHex(
                                database.ownerJdbcClient()
                                        .sql("SELECT sha256(convert_to(?, 'UTF8'))")
                                        .param(ids.get(1))
                                        .query(byte[].class)
                                        .single());
        expect(select(ids.get(0), null, null, null, null, null, null), i -> i % 4 == 0);
        expect(
                select(null, "spiffe://example.org/ns/shop/", null, null, null, null, null),
                i -> i % 4 < 2);
        expect(select(null, "spiffe://example.org/", null, null, null, null, null), _ -> true);
        expect(select(null, null, "oidc", null, null, null, null), i -> i % 2 == 0);
        expect(select(null, null, null, "subject-1", null, null, null), i -> i % 3 == 1);
        expect(select(null, null, null, null, key, null, null), i -> i % 4 == 1);
        expect(select(null, null, null, null, null, "rule-2", null), i -> i % 5 == 2);
        expect(select(null, null, null, null, null, null, "authority-3"), i -> i % 7 == 3);
        expect(
                select(null, null, "oidc", "subject-1", null, "rule-2", null),
                i -> i % 2 == 0 && i % 3 == 1 && i % 5 == 2);
        expect(
                new CertificateSelector(
                        null,
                        null,
                        null,
                        null,
                        null,
                        now.minusSeconds(60).minusMillis(500),
                        now.minusSeconds(20).minusMillis(500),
                        null,
                        null,
                        null),
                i -> 1 + i <= 60 && 1 + i > 20 + 0);
    }

    private static CertificateSelector select(
            String id,
            String prefix,
            String kind,
            String subject,
            String key,
            String rule,
            String authority) {
        return new CertificateSelector(
                id, prefix, kind, subject, key, null, null, null, rule, authority);
    }

    private void expect(
            CertificateSelector selector, java.util.function.IntPredicate plainMeaning) {
        long expected =
                IntStream.range(0, 80).filter(i -> i % 10 != 9).filter(plainMeaning).count();
        Preview preview = here.bulk.preview(selector);
        // Rows are dated by the database while they are written: a second's slack for windows.
        if (selector.issuedFrom() != null) {
            assertThat(preview.count()).isBetween(expected - 2, expected + 2);
        } else {
            assertThat(preview.count()).as("%s", selector).isEqualTo(expected);
        }
        assertThat(preview.exact()).isTrue();
    }

    @Test
    void refusesSelectorsThatAreNone() {
        for (String bad :
                List.of(
                        "spiffe://example.org/ns/shop",
                        "spiffe://example.org",
                        "spiffe://example.org//",
                        "spiffe://EXAMPLE.org/",
                        "https://example.org/",
                        "",
                        "/")) {
            assertThatThrownBy(() -> prefix(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> select(null, null, null, null, null, null, null))
                .hasMessageContaining("at least one");
        assertThatThrownBy(
                        () -> select("spiffe://example.org/a/", null, null, null, null, null, null))
                .hasMessageContaining("spiffeId");
        assertThatThrownBy(() -> select(null, null, "magic", null, null, null, null))
                .hasMessageContaining("evidenceKind");
        assertThatThrownBy(() -> select(null, null, null, null, "AB", null, null))
                .hasMessageContaining("keySha256");
        assertThatThrownBy(() -> select(null, null, null, "a\0", null, null, null))
                .hasMessageContaining("evidenceSubject");
        assertThatThrownBy(() -> new Order(rule("r"), "x", CAUSE, 0, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhenPostgresqlIsAway() {
        database.close();
        assertThatThrownBy(() -> here.bulk.preview(rule("r")))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(here.runner.run()).isEqualTo(JdbcBulkRunner.IDLE);
    }
}
