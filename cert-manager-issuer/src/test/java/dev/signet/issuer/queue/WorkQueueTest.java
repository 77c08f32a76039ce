package dev.signet.issuer.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

class WorkQueueTest {

    private final List<String> worked = new CopyOnWriteArrayList<>();
    private WorkQueue<String> queue;

    @AfterEach
    void close() {
        queue.close();
    }

    private WorkQueue<String> queue(int workers, Function<String, WorkQueue.Next> work) {
        queue = new WorkQueue<>("test", workers, new Random(1), work::apply);
        return queue;
    }

    private WorkQueue.Next done(String key) {
        worked.add(key);
        return WorkQueue.Next.DONE;
    }

    @Test
    void whileItIsPausedItForgetsNothingAndBeginsNothing() {
        queue(2, this::done).add("a");
        queue.add("a");
        queue.add("b");
        assertThat(queue.depth()).isEqualTo(2);
        assertThat(worked).isEmpty();
        queue.resume();
        await().until(() -> worked.size() == 2);
        assertThat(worked).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void worksOnAKeyByOneWorkerAtATimeAndOnceMoreIfItWasAskedForMeanwhile() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        queue(
                        8,
                        key -> {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            begun.countDown();
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            now.decrementAndGet();
                            return done(key);
                        })
                .resume();
        queue.add("a");
        begun.await();
        for (int i = 0; i < 100; i++) {
            queue.add("a");
        }
        go.countDown();
        await().until(() -> worked.size() == 2 && queue.running() == 0 && queue.depth() == 0);
        assertThat(most).hasValue(1);
    }

    @Test
    void comesBackAfterItsDelayUnlessAskedForSooner() {
        AtomicInteger times = new AtomicInteger();
        queue(
                        1,
                        key ->
                                times.incrementAndGet() == 1
                                        ? WorkQueue.Next.after(Duration.ofHours(1))
                                        : done(key))
                .resume();
        queue.add("a");
        await().until(() -> queue.delayed() == 1);
        queue.add("a");
        await().until(() -> worked.size() == 1);
        assertThat(queue.delayed()).isZero();
    }

    @Test
    void aShortDelayIsNotHiddenByALongOne() {
        queue(1, this::done).resume();
        queue.addAfter("slow", Duration.ofHours(1));
        queue.addAfter("quick", Duration.ofMillis(20));
        queue.addAfter("slow", Duration.ofMillis(40));
        await().until(() -> worked.size() == 2);
        assertThat(worked).containsExactly("quick", "slow");
    }

    @Test
    void workThatThrowsComesBackLaterAndStopsNobody() {
        AtomicInteger failures = new AtomicInteger();
        queue(
                        1,
                        key -> {
                            if (key.equals("bad") && failures.incrementAndGet() == 1) {
                                throw new IllegalStateException("by the test");
                            }
                            return done(key);
                        })
                .resume();
        queue.add("bad");
        queue.add("good");
        await().until(() -> worked.contains("good"));
        await().atMost(Duration.ofSeconds(10)).until(() -> worked.contains("bad"));
    }

    @Test
    void R19_tenThousandAtOnceAreAllWorkedOnAndNothingOfThemIsKept() {
        queue(32, this::done).resume();
        for (int i = 0; i < 10_000; i++) {
            queue.add("k" + i);
        }
        await().until(() -> worked.size() == 10_000 && queue.running() == 0);
        assertThat(queue.depth()).isZero();
        assertThat(queue.delayed()).isZero();
    }

    @Test
    void whenPausedWhatIsUnderWayFinishes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        queue(
                        1,
                        key -> {
                            begun.countDown();
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return done(key);
                        })
                .resume();
        queue.add("a");
        queue.add("b");
        begun.await();
        queue.pause();
        assertThat(queue.awaitIdle(Duration.ofMillis(50))).isFalse();
        go.countDown();
        assertThat(queue.awaitIdle(Duration.ofSeconds(10))).isTrue();
        assertThat(worked).containsExactly("a");
    }

    @Test
    void eachKeyIsWorkedOnAtLeastOnceAfterItsLastAdd() {
        ConcurrentHashMap<String, Integer> added = new ConcurrentHashMap<>();
        ConcurrentHashMap<String, Integer> seen = new ConcurrentHashMap<>();
        queue(
                        8,
                        key -> {
                            seen.put(key, added.getOrDefault(key, 0));
                            return WorkQueue.Next.DONE;
                        })
                .resume();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String key = "k" + random.nextInt(50);
            added.merge(key, 1, Integer::sum);
            queue.add(key);
        }
        await().untilAsserted(() -> assertThat(seen).isEqualTo(added));
    }
}
