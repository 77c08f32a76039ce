package dev.signet.ca.suspension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.ledger.RealChanges;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.suspension.Suspensions.Change;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

class SuspensionsIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", "192.0.2.1");

    private TestDatabase database;
    private DataSource dataSource;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        dataSource = database.dataSource();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private JdbcSuspensions replica() {
        return new JdbcSuspensions(JdbcClient.create(dataSource), System::nanoTime);
    }

    private static RefusalCode refusal(Suspensions halts) {
        return halts.objection().orElseThrow().code();
    }

    @Test
    void R6_aHaltReachesEveryReplicaWithinASecondBySignal() {
        try (RealChanges changes = RealChanges.on(database.settings())) {
            JdbcSuspensions here = replica();
            JdbcSuspensions there = replica();
            changes.watch("halt", there::look);
            changes.awaitListening();
            for (int i = 0; i < 5; i++) {
                assertThat(there.objection()).isEmpty();
                here.change(ANNA, true, "key ceremony", here.current().number());
                assertThat(refusal(here)).isEqualTo(RefusalCode.HALTED);
                await().atMost(Duration.ofSeconds(1)).until(() -> there.objection().isPresent());
                here.change(ANNA, false, "done", here.current().number());
                await().atMost(Duration.ofSeconds(1)).until(() -> there.objection().isEmpty());
            }
        }
    }

    @Test
    void R6_aHaltReachesEveryReplicaWithinASecondWithoutAnySignal() {
        JdbcSuspensions here = replica();
        JdbcSuspensions there = replica();
        try (SuspensionPolling _ = new SuspensionPolling(there::look)) {
            here.change(ANNA, true, "key ceremony", 0);
            await().atMost(Duration.ofSeconds(1)).until(() -> there.objection().isPresent());
        }
    }

    @Test
    void R6_aReplicaThatStartsDuringAHaltIsHalted() {
        replica().change(ANNA, true, "key ceremony", 0);
        assertThat(refusal(replica())).isEqualTo(RefusalCode.HALTED);
    }

    @Test
    void tellsCallersTheReasonOnOneLine() {
        JdbcSuspensions halts = replica();
        halts.change(ANNA, true, "line\nline " + "x".repeat(500), 0);
        assertThat(halts.objection().orElseThrow().message())
                .startsWith("An operator has halted issuance: line line xxx");
        assertThat(halts.objection().orElseThrow().retryAfter()).isPositive();
        assertThat(halts.read().by()).isEqualTo(new Actor("oidc", "issuer|anna", null));
    }

    @Test
    void ofManyWhoChangeTheSameStateOneDoes() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Change> halt = () -> replica().change(ANNA, true, "stop", 0);
            int done = 0;
            for (var change : executor.invokeAll(List.of(halt, halt, halt, halt, halt, halt))) {
                switch (change.get()) {
                    case Change.Done(SuspensionState state) -> {
                        assertThat(state.number()).isEqualTo(1);
                        done++;
                    }
                    case Change.Stale(SuspensionState state) ->
                            assertThat(state.number()).isEqualTo(1);
                    case Change.AlreadySo _ -> throw new AssertionError("nobody expects 1");
                }
            }
            assertThat(done).isEqualTo(1);
        }
    }

    @Test
    void refusesAChangeOfAnotherStateOrOfNothing() {
        JdbcSuspensions halts = replica();
        assertThat(halts.change(ANNA, false, "lift", 0)).isInstanceOf(Change.AlreadySo.class);
        assertThat(halts.change(ANNA, true, "stop", 7)).isInstanceOf(Change.Stale.class);
        assertThat(halts.change(ANNA, true, "stop", 0)).isInstanceOf(Change.Done.class);
        assertThat(halts.change(ANNA, true, "stop", 1)).isInstanceOf(Change.AlreadySo.class);
        assertThatThrownBy(() -> halts.change(ANNA, false, "", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChangeThatWasRolledBackIsNone() {
        JdbcSuspensions halts = replica();
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(transaction -> {
                    halts.change(ANNA, true, "stop", 0);
                    transaction.setRollbackOnly();
                });
        assertThat(halts.objection()).isEmpty();
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(_ -> halts.change(ANNA, true, "stop", 0));
        assertThat(refusal(halts)).isEqualTo(RefusalCode.HALTED);
    }

    @Test
    void takesAnUnknownStateForNoPermission() {
        AtomicLong nanoTime = new AtomicLong();
        JdbcSuspensions halts = new JdbcSuspensions(JdbcClient.create(dataSource), nanoTime::get);
        nanoTime.addAndGet(Duration.ofSeconds(9).toNanos());
        halts.look();
        nanoTime.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(halts.objection()).isEmpty();
        database.close();
        halts.look();
        assertThat(halts.objection()).isEmpty();
        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(refusal(halts)).isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
        assertThatThrownBy(() -> halts.change(ANNA, true, "stop", 0))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void aHaltStaysWhileItCannotBeRead() {
        JdbcSuspensions halts = replica();
        halts.change(ANNA, true, "stop", 0);
        database.close();
        halts.look();
        assertThat(refusal(halts)).isEqualTo(RefusalCode.HALTED);
    }
}
