package dev.signet.ca.policy;

/// What one decision has cost so far, in steps: of an expression's nodes, its loops, the characters
/// that it reads, and the characters times the size of a pattern (some nanoseconds each). Not
/// thread-safe; what runs out stays so.
final class Meter {

    /// The maximum of one decision: some 10 ms of one core.
    static final long MAX_STEPS = 5_000_000;

    private final boolean interruptible;
    private long left = MAX_STEPS;

    private Meter(boolean interruptible) {
        this.interruptible = interruptible;
    }

    static Meter ofIssuance() {
        return new Meter(false);
    }

    /// Runs out, too, as soon as the thread is interrupted.
    static Meter ofExplanation() {
        return new Meter(true);
    }

    /// @return false when it has run out
    boolean take(long steps) {
        if (interruptible && Thread.currentThread().isInterrupted()) {
            left = -1;
        }
        left = left < steps ? -1 : left - steps;
        return left >= 0;
    }

    boolean hasRunOut() {
        return left < 0;
    }
}
