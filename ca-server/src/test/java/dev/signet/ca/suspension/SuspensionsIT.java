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

    private static RefusalCode refusal(Suspensions suspensions) {
        return suspensions.refusal().orElseThrow().code();
    }

    @Test
    void R6_aSuspensionReachesEveryReplicaWithinASecondBySignal() {
        try (RealChanges changes = RealChanges.on(database.settings())) {
            JdbcSuspensions here = replica();
            JdbcSuspensions there = replica();
            changes.watch("halt", there::look);
            changes.awaitListening();
            for (int i = 0; i < 5; i++) {
                assertThat(there.refusal()).isEmpty();
                here.change(ANNA, true, "key ceremony", here.current().number());
                assertThat(refusal(here)).isEqualTo(RefusalCode.SUSPENDED);
                await().atMost(Duration.ofSeconds(1)).until(() -> there.refusal().isPresent());
                here.change(ANNA, false, "done", here.current().number());
                await().atMost(Duration.ofSeconds(1)).until(() -> there.refusal().isEmpty());
            }
        }
    }

    @Test
    void R6_aSuspensionReachesEveryReplicaWithinASecondWithoutAnySignal() {
        JdbcSuspensions here = replica();
        JdbcSuspensions there = replica();
        try (SuspensionPolling _ = new SuspensionPolling(there::look)) {
            here.change(ANNA, true, "key ceremony", 0);
            await().atMost(Duration.ofSeconds(1)).until(() -> there.refusal().isPresent());
        }
    }

    @Test
    void R6_aReplicaThatStartsDuringASuspensionIsSuspended() {
        replica().change(ANNA, true, "key ceremony", 0);
        assertThat(refusal(replica())).isEqualTo(RefusalCode.SUSPENDED);
    }

    @Test
    void tellsCallersTheReasonOnOneLine() {
        JdbcSuspensions suspensions = replica();
        suspensions.change(ANNA, true, "line\nline " + "x".repeat(500), 0);
        assertThat(suspensions.refusal().orElseThrow().message())
                .startsWith("An operator has suspended issuance: line line xxx");
        assertThat(suspensions.refusal().orElseThrow().retryAfter()).isPositive();
        assertThat(suspensions.read().by()).isEqualTo(new Actor("oidc", "issuer|anna", null));
    }

    @Test
    void ofManyWhoChangeTheSameStateOneDoes() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Change> suspend = () -> replica().change(ANNA, true, "stop", 0);
            int done = 0;
            for (var change :
                    executor.invokeAll(
                            List.of(suspend, suspend, suspend, suspend, suspend, suspend))) {
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
        JdbcSuspensions suspensions = replica();
        assertThat(suspensions.change(ANNA, false, "resume", 0))
                .isInstanceOf(Change.AlreadySo.class);
        assertThat(suspensions.change(ANNA, true, "stop", 7)).isInstanceOf(Change.Stale.class);
        assertThat(suspensions.change(ANNA, true, "stop", 0)).isInstanceOf(Change.Done.class);
        assertThat(suspensions.change(ANNA, true, "stop", 1)).isInstanceOf(Change.AlreadySo.class);
        assertThatThrownBy(() -> suspensions.change(ANNA, false, "", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChangeThatWasRolledBackIsNone() {
        JdbcSuspensions suspensions = replica();
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(transaction -> {
                    suspensions.change(ANNA, true, "stop", 0);
                    transaction.setRollbackOnly();
                });
        assertThat(suspensions.refusal()).isEmpty();
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(_ -> suspensions.change(ANNA, true, "stop", 0));
        assertThat(refusal(suspensions)).isEqualTo(RefusalCode.SUSPENDED);
    }

    @Test
    void takesAnUnknownStateForNoPermission() {
        AtomicLong nanoTime = new AtomicLong();
        JdbcSuspensions suspensions =
                new JdbcSuspensions(JdbcClient.create(dataSource), nanoTime::get);
        nanoTime.addAndGet(Duration.ofSeconds(9).toNanos());
        suspensions.look();
        nanoTime.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(suspensions.refusal()).isEmpty();
        database.close();
        suspensions.look();
        assertThat(suspensions.refusal()).isEmpty();
        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(refusal(suspensions)).isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
        assertThatThrownBy(() -> suspensions.change(ANNA, true, "stop", 0))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void aSuspensionStaysWhileItCannotBeRead() {
        JdbcSuspensions suspensions = replica();
        suspensions.change(ANNA, true, "stop", 0);
        database.close();
        suspensions.look();
        assertThat(refusal(suspensions)).isEqualTo(RefusalCode.SUSPENDED);
    }
}
