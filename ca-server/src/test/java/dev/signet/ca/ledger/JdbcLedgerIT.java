package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

class JdbcLedgerIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private TestLedger ledger;

    @BeforeEach
    void open() {
        ledger = TestLedger.on(DATABASE);
    }

    @AfterEach
    void close() {
        ledger.close();
        ledger.assertConsistent(DATABASE);
    }

    @Test
    void releasesWhatIsOnRecord() {
        IssuanceRecord issuance = TestIssuances.plain("/one");
        assertThat(ledger.recordNow(issuance))
                .isInstanceOfSatisfying(
                        Ledger.Recorded.class,
                        recorded -> {
                            assertThat(recorded.certificate().der())
                                    .isEqualTo(issuance.certificate().der());
                            assertThat(recorded.certificate().spiffeId())
                                    .hasToString("spiffe://example.org/one");
                        });
        assertThat(ledger.releasedCount()).isEqualTo(1);
    }

    @Test
    void commitsWhatComesTogetherInFewCommits() {
        List<Ledger.RecordOutcome> outcomes =
                ledger.recordAll(
                        IntStream.range(0, 2_000).mapToObj(i -> TestIssuances.plain("/many/" + i)));
        assertThat(outcomes).hasOnlyElementsOfType(Ledger.Recorded.class);
        assertThat(ledger.registry.get("signet.ledger.batch.rows").summary().count())
                .isLessThan(1_000);
    }

    @Test
    void R18_givesTheSameCertificateToARetry() {
        UUID id = TestIssuances.requestId();
        IssuanceRecord first = TestIssuances.withRequestId("/retry", id);
        assertThat(ledger.recordNow(first)).isInstanceOf(Ledger.Recorded.class);
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/retry", id)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again ->
                                assertThat(again.certificate().der())
                                        .isEqualTo(first.certificate().der()));
    }

    @Test
    void whatWasNotGivenIsOnRecordAndToldToARetry() {
        UUID id = TestIssuances.requestId();
        List<Notice> notices =
                List.of(
                        new Notice(NoticeCode.LIFETIME_SHORTENED, "It ends early."),
                        new Notice(NoticeCode.CSR_NAMES_IGNORED, "DNS:a.example, DNS:b.example"));
        assertThat(ledger.recordNow(TestIssuances.withNotices("/noticed", id, notices)))
                .isInstanceOfSatisfying(
                        Ledger.Recorded.class,
                        recorded ->
                                assertThat(recorded.certificate().notices()).isEqualTo(notices));
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/noticed", id)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again -> assertThat(again.certificate().notices()).isEqualTo(notices));
        UUID other = TestIssuances.requestId();
        ledger.recordNow(TestIssuances.withRequestId("/whole", other));
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/whole", other)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again -> assertThat(again.certificate().notices()).isEmpty());
        assertThat(
                        DATABASE.jdbcClient()
                                .sql(
                                        "SELECT count(*) FROM ledger.certificate"
                                                + " WHERE spiffe_id LIKE '%/whole' AND notices IS NULL")
                                .query(Integer.class)
                                .single())
                .isOne();
    }

    @Test
    void R18_aRetryStormGivesOneCertificate() {
        UUID id = TestIssuances.requestId();
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>();
        try (TestLedger other = TestLedger.on(DATABASE)) {
            List<CompletableFuture<Ledger.RecordOutcome>> futures = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                futures.add(ledger.record(TestIssuances.withRequestId("/storm", id)));
                futures.add(other.record(TestIssuances.withRequestId("/storm", id)));
            }
            futures.forEach(future -> outcomes.add(future.join()));
            other.assertConsistent(DATABASE);
        }
        assertThat(outcomes).filteredOn(Ledger.Recorded.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Ledger.AlreadyRecorded.class::isInstance).hasSize(199);
        assertThat(
                        outcomes.stream()
                                .map(JdbcLedgerIT::certificate)
                                .map(RecordedCertificate::serialNumber)
                                .distinct())
                .hasSize(1);
    }

    @Test
    void refusesARequestIdForAnotherCsr() {
        UUID id = TestIssuances.requestId();
        ledger.recordNow(TestIssuances.of("/csr", "csr-1", id, "subject"));
        assertThat(ledger.recordNow(TestIssuances.of("/csr", "csr-2", id, "subject")))
                .isInstanceOf(Ledger.RequestIdReused.class);
    }

    @Test
    void refusesARequestIdOfAnotherCaller() {
        UUID id = TestIssuances.requestId();
        ledger.recordNow(TestIssuances.of("/caller", "csr", id, "subject-1"));
        assertThat(ledger.recordNow(TestIssuances.of("/caller", "csr", id, "subject-2")))
                .isInstanceOf(Ledger.RequestIdReused.class);
    }

    @Test
    void R1_refusesASerialNumberThatIsTakenAndNothingElse() {
        IssuanceRecord first = TestIssuances.plain("/serial");
        ledger.recordNow(first);
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>();
        blockWriterWhile(
                () ->
                        List.of(
                                ledger.record(TestIssuances.plain("/before")),
                                ledger.record(TestIssuances.withSerialOf(first, "/collision")),
                                ledger.record(TestIssuances.plain("/after"))),
                outcomes);
        assertThat(outcomes.get(0)).isInstanceOf(Ledger.Recorded.class);
        assertThat(outcomes.get(1)).isInstanceOf(Ledger.SerialNumberTaken.class);
        assertThat(outcomes.get(2)).isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void aRowThatPostgresqlRefusesFailsAlone() {
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>();
        blockWriterWhile(
                () ->
                        List.of(
                                ledger.record(TestIssuances.plain("/good/1")),
                                ledger.record(
                                        TestIssuances.of("/bad", "csr", null, "subject \0 NUL")),
                                ledger.record(TestIssuances.plain("/good/2"))),
                outcomes);
        assertThat(outcomes.get(0)).isInstanceOf(Ledger.Recorded.class);
        assertThat(outcomes.get(1)).isInstanceOf(Ledger.Unavailable.class);
        assertThat(outcomes.get(2)).isInstanceOf(Ledger.Recorded.class);
        assertThat(ledger.ledger.problem()).isEmpty();
    }

    @Test
    void aRowThatAnotherTransactionHoldsFailsAlone() throws SQLException {
        UUID held = TestIssuances.requestId();
        try (Connection other = DATABASE.ownerDataSource().getConnection();
                var insert =
                        other.prepareStatement(
                                "INSERT INTO ledger.issuance_request VALUES"
                                        + " (?, sha256('a'), sha256('b'), decode(repeat('40', 20), 'hex'))")) {
            other.setAutoCommit(false);
            insert.setObject(1, held);
            insert.executeUpdate();
            List<Ledger.RecordOutcome> outcomes = new ArrayList<>();
            blockWriterWhile(
                    () ->
                            List.of(
                                    ledger.record(TestIssuances.plain("/free/1")),
                                    ledger.record(TestIssuances.withRequestId("/held", held)),
                                    ledger.record(TestIssuances.plain("/free/2"))),
                    outcomes);
            other.rollback();
            assertThat(outcomes.get(0)).isInstanceOf(Ledger.Recorded.class);
            assertThat(outcomes.get(1)).isInstanceOf(Ledger.Unavailable.class);
            assertThat(outcomes.get(2)).isInstanceOf(Ledger.Recorded.class);
        }
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/held", held)))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void R7_joinTokenIsRedeemedOnce() {
        JoinTokenHash token = TestIssuances.joinToken();
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>();
        try (TestLedger other = TestLedger.on(DATABASE)) {
            List<CompletableFuture<Ledger.RecordOutcome>> futures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                futures.add(ledger.record(TestIssuances.withJoinToken("/node/" + i, null, token)));
                futures.add(
                        other.record(
                                TestIssuances.withJoinToken(
                                        "/node/" + i, TestIssuances.requestId(), token)));
            }
            futures.forEach(future -> outcomes.add(future.join()));
            other.assertConsistent(DATABASE);
        }
        assertThat(outcomes).filteredOn(Ledger.Recorded.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Ledger.JoinTokenAlreadyUsed.class::isInstance).hasSize(999);
    }

    @Test
    void aRetryWithAJoinTokenGetsTheRecordedCertificate() {
        JoinTokenHash token = TestIssuances.joinToken();
        UUID id = TestIssuances.requestId();
        IssuanceRecord first = TestIssuances.withJoinToken("/node", id, token);
        assertThat(ledger.recordNow(first)).isInstanceOf(Ledger.Recorded.class);
        assertThat(ledger.recordNow(TestIssuances.withJoinToken("/node", id, token)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again ->
                                assertThat(again.certificate().serialNumber())
                                        .isEqualTo(first.certificate().content().serialNumber()));
    }

    @Test
    void aRequestThatIsRefusedDoesNotUseUpItsJoinToken() {
        UUID id = TestIssuances.requestId();
        ledger.recordNow(TestIssuances.withRequestId("/other", id));
        JoinTokenHash token = TestIssuances.joinToken();
        assertThat(ledger.recordNow(TestIssuances.withJoinToken("/node", id, token)))
                .isInstanceOf(Ledger.RequestIdReused.class);
        assertThat(ledger.recordNow(TestIssuances.withJoinToken("/node", null, token)))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void answersAtOnceThatTheQueueIsFull() {
        try (TestLedger small = TestLedger.on(DATABASE.settings(), TestLedger.settings(2, 1))) {
            Ledger.Place one = small.ledger.reserve().orElseThrow();
            Ledger.Place two = small.ledger.reserve().orElseThrow();
            assertThat(small.ledger.reserve()).isEmpty();
            one.giveUp();
            assertThat(small.ledger.reserve()).hasValueSatisfying(Ledger.Place::giveUp);
            two.giveUp();
        }
    }

    @Test
    void freesThePlaceBeforeItAnswers() {
        try (TestLedger small = TestLedger.on(DATABASE.settings(), TestLedger.settings(1, 1))) {
            CompletableFuture<Boolean> freed = new CompletableFuture<>();
            small.ledger
                    .reserve()
                    .orElseThrow()
                    .record(
                            TestIssuances.plain("/place"),
                            _ -> freed.complete(small.ledger.reserve().isPresent()));
            assertThat(freed.join()).isTrue();
        }
    }

    @Test
    void aReceiverThatThrowsDoesNotStopTheWriter() {
        ledger.ledger
                .reserve()
                .orElseThrow()
                .record(
                        TestIssuances.plain("/throws"),
                        _ -> {
                            throw new AssertionError("thrown on purpose by a test");
                        });
        assertThat(ledger.recordNow(TestIssuances.plain("/next")))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void twoWritersRecordEverythingOnce() {
        try (TestLedger two = TestLedger.on(DATABASE.settings(), TestLedger.settings(4096, 2))) {
            List<UUID> ids =
                    IntStream.range(0, 500).mapToObj(_ -> TestIssuances.requestId()).toList();
            List<Ledger.RecordOutcome> outcomes =
                    two.recordAll(
                            IntStream.range(0, 2_000)
                                    .mapToObj(i ->
                                            TestIssuances.withRequestId(
                                                    "/two/" + i % 500, ids.get(i % 500))));
            assertThat(outcomes).filteredOn(Ledger.Recorded.class::isInstance).hasSize(500);
            assertThat(outcomes)
                    .filteredOn(Ledger.AlreadyRecorded.class::isInstance)
                    .hasSize(1_500);
            two.assertConsistent(DATABASE);
        }
    }

    @Test
    void commitsWhatItAcceptedBeforeItStops() {
        TestLedger stopping = TestLedger.on(DATABASE);
        List<CompletableFuture<Ledger.RecordOutcome>> accepted =
                IntStream.range(0, 1_000)
                        .mapToObj(i -> stopping.record(TestIssuances.plain("/stop/" + i)))
                        .toList();
        stopping.close();
        assertThat(accepted)
                .allSatisfy(
                        outcome -> assertThat(outcome.join()).isInstanceOf(Ledger.Recorded.class));
        assertThat(stopping.recordNow(TestIssuances.plain("/late")))
                .isInstanceOf(Ledger.Unavailable.class);
        stopping.assertConsistent(DATABASE);
    }

    /// Makes one batch of what is recorded while the writer is held in a receiver.
    private void blockWriterWhile(
            java.util.function.Supplier<List<CompletableFuture<Ledger.RecordOutcome>>> recording,
            List<Ledger.RecordOutcome> outcomes) {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ledger.ledger
                .reserve()
                .orElseThrow()
                .record(
                        TestIssuances.plain("/holds"),
                        _ -> {
                            held.countDown();
                            await(release);
                        });
        await(held);
        List<CompletableFuture<Ledger.RecordOutcome>> futures = recording.get();
        release.countDown();
        futures.forEach(future -> outcomes.add(future.join()));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RecordedCertificate certificate(Ledger.RecordOutcome outcome) {
        return switch (outcome) {
            case Ledger.Recorded(RecordedCertificate certificate) -> certificate;
            case Ledger.AlreadyRecorded(RecordedCertificate certificate) -> certificate;
            case Ledger.RequestIdReused _,
                    Ledger.JoinTokenAlreadyUsed _,
                    Ledger.SerialNumberTaken _,
                    Ledger.Unavailable _ ->
                    throw new AssertionError(outcome);
        };
    }
}
