package dev.signet.client.rotation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The machine's clocks and one daemon thread. Thread-safe.
public final class SystemTimeline implements Timeline {

    private static final System.Logger LOG = System.getLogger(SystemTimeline.class.getName());

    private final InstantSource clock = InstantSource.system();
    private final RandomGenerator random;
    private final ScheduledThreadPoolExecutor executor;

    /// @param threadName of the one thread
    /// @param random chance for jitter; thread-safe
    public SystemTimeline(String threadName, RandomGenerator random) {
        this.random = random;
        executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, threadName);
                            thread.setDaemon(true);
                            return thread;
                        },
                        // Closed: nothing more is to happen.
                        (task, closed) -> {});
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Instant instant() {
        return clock.instant();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // guarded: a failure is logged
    public void schedule(Duration delay, Runnable task) {
        executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a task of the identity's thread failed", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
