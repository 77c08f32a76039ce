package dev.signet.ca.rest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Forgets, every hour, the writes that no retry asks for any more. A failure is logged, and the
/// next hour comes.
final class CompletedWritesUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CompletedWritesUpkeep.class);
    private static final long INTERVAL_MINUTES = 60;

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("admin-upkeep").factory());

    CompletedWritesUpkeep(JdbcCompletedWrites completed) {
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        () -> {
                            try {
                                completed.forget();
                            } catch (RuntimeException e) {
                                LOG.warn("Completed writes were not forgotten; trying again", e);
                            }
                        },
                        INTERVAL_MINUTES,
                        INTERVAL_MINUTES,
                        TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
