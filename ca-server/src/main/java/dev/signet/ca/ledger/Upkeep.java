package dev.signet.ca.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What the ledger does now and then, one thing at a time on a thread of its own. A failure is
/// logged, and the next time comes.
final class Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("ledger-upkeep").factory());

    void every(Duration interval, Duration first, String what, Runnable task) {
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException e) {
                                LOG.warn(
                                        "Failed to {}; trying again in {} s: {}",
                                        what,
                                        interval.toSeconds(),
                                        cause(e));
                            }
                        },
                        first.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private static String cause(RuntimeException e) {
        return e.getCause() == null ? e.toString() : e.getCause().toString();
    }
}
