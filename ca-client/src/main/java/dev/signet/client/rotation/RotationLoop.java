package dev.signet.client.rotation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/// Renews a lease for as long as it runs.
///
/// The next attempt is planned on two clocks and made when either says so. The wall clock brings it
/// forward after a suspend or a jump ahead; the monotonic clock keeps it from being late after a
/// jump back. No wait is longer than the recheck interval, so that a jump is noticed soon.
/// Thread-safe; the work is done on the timeline's thread.
public final class RotationLoop implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(RotationLoop.class.getName());
    private static final Duration LEAST_PAUSE = Duration.ofMillis(1);

    private final Timeline timeline;
    private final RotationTask task;
    private final Backoff backoff;
    private final Duration recheck;

    private @Nullable Lease lease;
    private int failures;
    private long looks;
    private boolean expiryTold;
    private long dueNanos;
    private volatile Instant dueAt;
    private volatile boolean closed;

    /// @param recheck longest time between two looks at the clocks
    public RotationLoop(Timeline timeline, RotationTask task, Backoff backoff, Duration recheck) {
        this.timeline = timeline;
        this.task = task;
        this.backoff = backoff;
        this.recheck = recheck;
        this.dueAt = timeline.instant();
        this.dueNanos = timeline.nanoTime();
    }

    /// Begins: with a lease that was found, or at once with the first attempt.
    public void start(@Nullable Lease found) {
        timeline.schedule(
                Duration.ZERO,
                () -> {
                    lease = found;
                    Instant now = timeline.instant();
                    plan(now, found == null ? now : found.drawAfterFind(now, timeline.random()));
                    look(++looks);
                });
    }

    /// Brings the next attempt forward to now.
    public void renewNow() {
        timeline.schedule(
                Duration.ZERO,
                () -> {
                    Instant now = timeline.instant();
                    plan(now, now);
                    look(++looks);
                });
    }

    /// When the next attempt is due by the wall clock.
    public Instant nextAttempt() {
        return dueAt;
    }

    /// One look at the clocks; plans the next one. Only the newest series of looks goes on.
    private void look(long series) {
        if (closed || series != looks) {
            return;
        }
        Instant now = timeline.instant();
        if (lease != null && !expiryTold && now.isAfter(lease.notAfter())) {
            expiryTold = true;
            task.expired();
        }
        if (!now.isBefore(dueAt) || timeline.nanoTime() - dueNanos >= 0) {
            attempt();
        }
        timeline.schedule(pause(), () -> look(series));
    }

    private void attempt() {
        RotationTask.Outcome outcome;
        try {
            outcome = task.attempt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "rotation met a fault; it will be tried again", e);
            outcome = new RotationTask.Failed(null);
        }
        Instant now = timeline.instant();
        if (outcome instanceof RotationTask.Renewed renewed) {
            failures = 0;
            expiryTold = false;
            lease = renewed.lease();
            plan(now, renewed.lease().drawAfterGrant(now, timeline.random()));
        } else if (outcome instanceof RotationTask.Failed failed) {
            failures++;
            Duration left =
                    lease == null
                            ? Duration.ofSeconds(-1)
                            : Duration.between(now, lease.notAfter());
            plan(
                    now,
                    now.plus(backoff.wait(failures, failed.retryAfter(), left, timeline.random())));
        }
    }

    private void plan(Instant now, Instant at) {
        dueAt = at;
        dueNanos = timeline.nanoTime() + Math.max(0, Duration.between(now, at).toNanos());
    }

    private Duration pause() {
        Instant now = timeline.instant();
        Duration wait = Duration.between(now, dueAt);
        if (lease != null && !expiryTold) {
            Duration untilExpiry = Duration.between(now, lease.notAfter()).plus(LEAST_PAUSE);
            wait = untilExpiry.compareTo(wait) < 0 ? untilExpiry : wait;
        }
        wait = wait.compareTo(recheck) > 0 ? recheck : wait;
        return wait.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : wait;
    }

    @Override
    public void close() {
        closed = true;
    }
}
