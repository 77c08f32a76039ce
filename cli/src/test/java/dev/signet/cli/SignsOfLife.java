package dev.signet.cli;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for as long as something moves: a busy machine makes a server slow, and says nothing about
/// it; a server that does nothing for minutes hangs.
public final class SignsOfLife {

    private static final Duration QUIET = Duration.ofMinutes(2);

    /// Even what moves must arrive.
    private static final Duration LONGEST = Duration.ofMinutes(20);

    private static final Duration POLL = Duration.ofMillis(10);

    private SignsOfLife() {}

    /// Returns when the condition holds.
    ///
    /// @param trace what changes while there is progress, such as processor time and log lines
    /// @throws AssertionError when the trace has stood still for minutes
    public static void await(String what, BooleanSupplier condition, Supplier<?> trace) {
        long began = System.nanoTime();
        long moved = began;
        Object last = trace.get();
        while (!condition.getAsBoolean()) {
            long now = System.nanoTime();
            Object current = trace.get();
            if (!current.equals(last)) {
                last = current;
                moved = now;
            }
            if (now - moved > QUIET.toNanos() || now - began > LONGEST.toNanos()) {
                throw new AssertionError(
                        what
                                + ": not within "
                                + Duration.ofNanos(now - began)
                                + ", and nothing has moved for "
                                + Duration.ofNanos(now - moved)
                                + ": "
                                + current);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
