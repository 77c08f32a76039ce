package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class ChangeWatcherTest {

    @Test
    void looksOnceForSignalsThatCameWhileItLookedAndNeverTwiceAtATime() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger atATime = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch goOn = new CountDownLatch(1);
        ChangeWatcher watcher =
                new ChangeWatcher(
                        "policy",
                        () -> {
                            most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
                            looks.incrementAndGet();
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            atATime.decrementAndGet();
                        });
        watcher.signal();
        await().until(() -> looks.get() == 1);
        for (int i = 0; i < 1000; i++) {
            watcher.signal();
        }
        goOn.countDown();
        await().until(() -> looks.get() == 2 && atATime.get() == 0);
        assertThat(most).hasValue(1);
        watcher.signal();
        await().until(() -> looks.get() == 3);
    }

    @Test
    void looksAgainAfterALookThatFailed() {
        AtomicInteger looks = new AtomicInteger();
        ChangeWatcher watcher =
                new ChangeWatcher(
                        "policy",
                        () -> {
                            if (looks.incrementAndGet() == 1) {
                                throw new IllegalStateException("away");
                            }
                        });
        watcher.signal();
        await().until(() -> looks.get() == 1);
        watcher.signal();
        await().until(() -> looks.get() == 2);
    }
}
