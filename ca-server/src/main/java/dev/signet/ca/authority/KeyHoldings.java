package dev.signet.ca.authority;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Says at the start, and every ten minutes, which key-encryption keys this replica has. Never
/// throws: a replica that cannot say so holds up the removal of old wrappings, nothing else.
final class KeyHoldings implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeyHoldings.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-key-holdings").factory());
    private final StoredKeyWrappings wrappings;

    KeyHoldings(StoredKeyWrappings wrappings) {
        this.wrappings = wrappings;
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::tell, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell() {
        try {
            wrappings.tellHolding();
        } catch (RuntimeException e) {
            log.warn("It could not be recorded which key-encryption keys this replica has", e);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
