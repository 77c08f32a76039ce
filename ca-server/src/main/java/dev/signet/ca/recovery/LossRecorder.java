package dev.signet.ca.recovery;

import dev.signet.ca.revocation.RevocationLoss;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Puts on record what clients show this replica of lost revocations: the first at once, greater
/// ones some seconds apart, however many a client claims. Tries again until PostgreSQL has
/// answered.
final class LossRecorder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LossRecorder.class);

    private static final long INTERVAL_MILLIS = 250;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final RevocationLoss loss;
    private final JdbcLosses losses;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-loss").factory());
    private long recorded;
    private long recordedAtNanos;
    private boolean failedBefore;

    LossRecorder(RevocationLoss loss, JdbcLosses losses, LongSupplier nanoTime) {
        this.loss = loss;
        this.losses = losses;
        this.nanoTime = nanoTime;
    }

    void start() {
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        this::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Never throws.
    synchronized void look() {
        Optional<RevocationLoss.Suspicion> suspicion = loss.suspicion();
        if (suspicion.isEmpty() || suspicion.get().greatestSequence() <= recorded) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (recorded != 0 && now - recordedAtNanos < PAUSE.toNanos()) {
            return;
        }
        RevocationLoss.Suspicion shown = suspicion.get();
        try {
            losses.shown(shown.greatestSequence(), shown.knownSequence());
            recorded = shown.greatestSequence();
            recordedAtNanos = now;
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("What clients show of lost revocations is not on record; trying again", e);
            }
            failedBefore = true;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
