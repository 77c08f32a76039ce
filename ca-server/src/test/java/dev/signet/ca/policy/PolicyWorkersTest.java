package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

class PolicyWorkersTest {

    private final CountDownLatch release = new CountDownLatch(1);
    private final List<PolicyWorkers> made = new ArrayList<>();

    private PolicyWorkers workers(Duration deadline) {
        PolicyWorkers workers = PolicyWorkers.forTests(deadline);
        made.add(workers);
        return workers;
    }

    @AfterEach
    void close() {
        release.countDown();
        made.forEach(PolicyWorkers::close);
    }

    private static RefusalCode refused(PolicyWorkers workers, Supplier<?> computation) {
        PolicyWorkException refused =
                catchThrowableOfType(PolicyWorkException.class, () -> workers.run(computation));
        assertThat(refused).isNotNull();
        return refused.refusal().code();
    }

    @Test
    void runsOnAThreadOfItsOwnAndGivesWhatComesOfIt() {
        PolicyWorkers workers = workers(Duration.ofMinutes(1));

        assertThat(workers.run(Thread::currentThread)).isNotSameAs(Thread.currentThread());
        assertThat(workers.run(() -> Thread.currentThread().isVirtual())).isFalse();
        assertThatThrownBy(() ->
                        workers.run(() -> {
                            throw new IllegalStateException("a fault");
                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a fault");
    }

    @Test
    void interruptsWhatTakesTooLong() {
        PolicyWorkers workers = workers(Duration.ofMillis(50));
        AtomicBoolean interrupted = new AtomicBoolean();

        assertThat(
                        refused(
                                workers,
                                () -> {
                                    while (!Thread.currentThread().isInterrupted()) {
                                        Thread.onSpinWait();
                                    }
                                    interrupted.set(true);
                                    return "";
                                }))
                .isEqualTo(RefusalCode.POLICY_TOO_COSTLY);
        await().untilTrue(interrupted);
        await().until(() -> workers.running() == 0);
    }

    @Test
    void endsTheComputationOfACallerThatIsInterrupted() throws Exception {
        PolicyWorkers workers = workers(Duration.ofMinutes(1));
        CountDownLatch begun = new CountDownLatch(1);
        Thread caller =
                Thread.startVirtualThread(() ->
                        refused(
                                workers,
                                () -> {
                                    begun.countDown();
                                    while (!Thread.currentThread().isInterrupted()) {
                                        Thread.onSpinWait();
                                    }
                                    return "";
                                }));
        begun.await();
        caller.interrupt();

        await().until(() -> workers.running() == 0);
    }

    @Test
    void refusesMoreThanRunAndWait() {
        PolicyWorkers workers = workers(Duration.ofMinutes(1));
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        for (int i = 0; i < threads + 1; i++) { // one waits
            Thread.startVirtualThread(() ->
                    workers.run(() -> {
                        try {
                            release.await();
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                        return "";
                    }));
        }
        await().until(() -> workers.running() == threads && workers.waiting() == 1);

        assertThat(refused(workers, () -> "")).isEqualTo(RefusalCode.OVERLOADED);
    }
}
