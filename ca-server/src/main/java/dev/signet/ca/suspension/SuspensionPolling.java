package dev.signet.ca.suspension;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks twice a second, for signals may be lost.
final class SuspensionPolling implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 500;

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-suspension").factory());

    /// @param look never throws
    SuspensionPolling(Runnable look) {
        Future<?> _ =
                executor.scheduleAtFixedRate(
                        look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
