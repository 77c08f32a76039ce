package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.ledger.FaultyConnection.Fault;
import dev.signet.ca.ledger.FaultyConnection.Moment;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/// Faults between the ledger and PostgreSQL, in pairs: the statement lost, and carried out although
/// the ledger saw an error. After each, what was given out is on record, and a retry with the same
/// request id gets a certificate.
class LedgerFaultIT {

    /// Its own transaction, except where a join token is used up: then the commit follows it.
    private static final String INSERT = "WITH batch";

    private static final String COMMIT = "COMMIT";

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private FaultyConnection line;
    private TestLedger ledger;

    @BeforeEach
    void open() throws IOException {
        int port = Integer.parseInt(DATABASE.url().replaceAll(".*:(\\d+)/.*", "$1"));
        line = new FaultyConnection(port);
        ledger =
                TestLedger.on(
                        DatabaseSettings.of(
                                line.url(DATABASE.url()), DATABASE.username(), DATABASE.password()),
                        TestLedger.settings(4096, 1));
    }

    @AfterEach
    void close() throws IOException {
        ledger.close();
        line.close();
        ledger.assertConsistent(DATABASE);
    }

    @Test
    void whatWasLostIsNotReleasedAndARetryIsRecorded() {
        UUID id = TestIssuances.requestId();
        strike(INSERT, Moment.BEFORE_IT_IS_SENT, TestIssuances.withRequestId("/lost", id));
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/lost", id)))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void aCommitWhoseAnswerWasLostIsNotReleasedAndARetryGetsTheRecordedCertificate() {
        UUID id = TestIssuances.requestId();
        IssuanceRecord first = TestIssuances.withRequestId("/persisted", id);
        strike(INSERT, Moment.AFTER_IT_WAS_CARRIED_OUT, first);
        assertThat(ledger.recordNow(TestIssuances.withRequestId("/persisted", id)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again ->
                                assertThat(again.certificate().der())
                                        .isEqualTo(first.certificate().der()));
    }

    @ParameterizedTest
    @ValueSource(strings = {INSERT, COMMIT})
    void aJoinTokenWhoseRedemptionWasLostIsStillGood(String statement) {
        UUID id = TestIssuances.requestId();
        JoinTokenHash token = TestIssuances.joinToken();
        strike(
                statement,
                Moment.BEFORE_IT_IS_SENT,
                TestIssuances.withJoinToken("/token/lost", id, token));
        assertThat(ledger.recordNow(TestIssuances.withJoinToken("/token/lost", id, token)))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void aJoinTokenWhoseRedemptionWasCommittedUnheardGivesTheCertificateToARetryAlone() {
        UUID id = TestIssuances.requestId();
        JoinTokenHash token = TestIssuances.joinToken();
        IssuanceRecord first = TestIssuances.withJoinToken("/token/persisted", id, token);
        strike(COMMIT, Moment.AFTER_IT_WAS_CARRIED_OUT, first);
        assertThat(
                        ledger.recordNow(
                                TestIssuances.withJoinToken(
                                        "/token/persisted", TestIssuances.requestId(), token)))
                .isInstanceOf(Ledger.JoinTokenAlreadyUsed.class);
        assertThat(ledger.recordNow(TestIssuances.withJoinToken("/token/persisted", id, token)))
                .isInstanceOfSatisfying(
                        Ledger.AlreadyRecorded.class,
                        again ->
                                assertThat(again.certificate().serialNumber())
                                        .isEqualTo(first.certificate().content().serialNumber()));
    }

    @Test
    void aBatchWhoseCommitIsUnclearIsRefusedWhole() {
        line.arm(new Fault(INSERT, Moment.AFTER_IT_WAS_CARRIED_OUT));
        List<Ledger.RecordOutcome> outcomes =
                ledger.recordAll(
                        IntStream.range(0, 50).mapToObj(i -> TestIssuances.plain("/b/" + i)));
        assertThat(outcomes.getFirst()).isInstanceOf(Ledger.Unavailable.class);
        assertThat(line.faultsHappened()).isEqualTo(1);
        awaitAvailable();
    }

    @Test
    void answersAtOnceWhilePostgresqlIsAway() throws IOException {
        line.goAway();
        await().until(() -> ledger.ledger.problem().isPresent());
        long begin = System.nanoTime();
        List<Ledger.RecordOutcome> outcomes =
                ledger.recordAll(
                        IntStream.range(0, 1_000).mapToObj(i -> TestIssuances.plain("/a/" + i)));
        assertThat(outcomes).hasOnlyElementsOfType(Ledger.Unavailable.class);
        assertThat(System.nanoTime() - begin).isLessThan(2_000_000_000L);
        line.comeBack();
        awaitAvailable();
        assertThat(ledger.recordNow(TestIssuances.plain("/back")))
                .isInstanceOf(Ledger.Recorded.class);
    }

    @Test
    void ridesOutLinesThatBreakUnderLoad() throws IOException {
        AtomicBoolean stop = new AtomicBoolean();
        ConcurrentLinkedQueue<CompletableFuture<?>> loops = new ConcurrentLinkedQueue<>();
        for (int caller = 0; caller < 8; caller++) {
            String path = "/load/" + caller;
            loops.add(
                    CompletableFuture.runAsync(
                            () -> {
                                while (!stop.get()) {
                                    record(path);
                                }
                            },
                            Thread::startVirtualThread));
        }
        for (int round = 0; round < 20; round++) {
            int before = ledger.releasedCount();
            await().until(() -> ledger.releasedCount() > before + 20);
            line.arm(
                    new Fault(
                            INSERT,
                            round % 2 == 0
                                    ? Moment.BEFORE_IT_IS_SENT
                                    : Moment.AFTER_IT_WAS_CARRIED_OUT));
            int struck = round + 1;
            await().until(() -> line.faultsHappened() == struck);
        }
        stop.set(true);
        loops.forEach(CompletableFuture::join);
        assertThat(ledger.releasedCount()).isGreaterThan(400);
    }

    /// As a client does: the same request until it has a certificate.
    private void record(String path) {
        UUID id = TestIssuances.requestId();
        while (true) {
            Ledger.RecordOutcome outcome = ledger.recordNow(TestIssuances.withRequestId(path, id));
            if (!(outcome instanceof Ledger.Unavailable)) {
                return;
            }
            Thread.yield();
        }
    }

    private void strike(String statement, Moment moment, IssuanceRecord issuance) {
        line.arm(new Fault(statement, moment));
        assertThat(ledger.recordNow(issuance)).isInstanceOf(Ledger.Unavailable.class);
        assertThat(line.faultsHappened()).isEqualTo(1);
        awaitAvailable();
    }

    private void awaitAvailable() {
        await().until(() -> ledger.ledger.problem().isEmpty());
    }
}
