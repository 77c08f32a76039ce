package dev.signet.ca.reissue;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks every five seconds, for signals may be lost and windows end by themselves.
final class ReissuePolling implements AutoCloseable {

    private static final long INTERVAL_SECONDS = 5;

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-reissue").factory());

    /// @param look never throws
    ReissuePolling(Runnable look) {
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        look, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
