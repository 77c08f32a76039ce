package dev.signet.ca.revocation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What this package does by itself: looks twice a second, for signals may be lost; makes steps of
/// bulk revocations; forgets, every hour, what has long expired.
final class RevocationUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationUpkeep.class);

    private static final long INTERVAL_MILLIS = 500;
    private static final long FORGET_INTERVAL_MINUTES = 60;

    private final ScheduledExecutorService looking = executor("signet-revocation");
    private final ScheduledExecutorService working = executor("signet-revocation-work");

    /// @param look never throws
    /// @param step never throws; says how long to wait for the next one
    RevocationUpkeep(Runnable look, Supplier<Duration> step, Runnable forget) {
        Future<?> _ =
                looking.scheduleWithFixedDelay(
                        look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> _ =
                working.scheduleWithFixedDelay(
                        () -> {
                            try {
                                forget.run();
                            } catch (RuntimeException e) {
                                LOG.warn("Expired revocations were not removed; trying again", e);
                            }
                        },
                        FORGET_INTERVAL_MINUTES,
                        FORGET_INTERVAL_MINUTES,
                        TimeUnit.MINUTES);
        next(step, JdbcBulkRunner.IDLE);
    }

    private void next(Supplier<Duration> step, Duration wait) {
        try {
            Future<?> _ =
                    working.schedule(
                            () -> next(step, step.get()), wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // Closed.
        }
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    @Override
    public void close() {
        looking.shutdownNow();
        working.shutdownNow();
    }
}
