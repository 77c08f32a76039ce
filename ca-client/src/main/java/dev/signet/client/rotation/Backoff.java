package dev.signet.client.rotation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waits between attempts: exponential with full jitter, so that a fleet that failed together does
/// not come back together.
///
/// @param base ceiling of the first wait
/// @param cap no ceiling is higher
public record Backoff(Duration base, Duration cap) {

    /// No request to wait longer is followed.
    public static final Duration MAX_ASKED = Duration.ofMinutes(5);

    private static final Duration LEAST_CEILING = Duration.ofMillis(200);

    /// @throws IllegalArgumentException when a bound is not positive or base exceeds cap
    public Backoff {
        if (base.isNegative() || base.isZero() || base.compareTo(cap) > 0) {
            throw new IllegalArgumentException(
                    "backoff: base " + base + ", cap " + cap + " (expected: 0 < base <= cap)");
        }
    }

    /// The wait after the given number of failures in a row (1 or more).
    ///
    /// @param asked what the other side asked to wait at least; null: nothing
    /// @param left how long what is held stays good; where little is left, waits get shorter, a
    ///   quarter of it at most
    Duration wait(int failures, @Nullable Duration asked, Duration left, RandomGenerator random) {
        Duration ceiling = cap;
        int doublings = Math.min(failures - 1, 20);
        if (base.toNanos() <= cap.toNanos() >> doublings) {
            ceiling = base.multipliedBy(1L << doublings);
        }
        Duration quarter = left.dividedBy(4);
        if (!left.isNegative() && ceiling.compareTo(quarter) > 0) {
            ceiling = quarter.compareTo(LEAST_CEILING) > 0 ? quarter : LEAST_CEILING;
        }
        Duration jitter = Duration.ofNanos((long) (random.nextDouble() * ceiling.toNanos()));
        if (asked == null || asked.isNegative()) {
            return jitter;
        }
        return (asked.compareTo(MAX_ASKED) > 0 ? MAX_ASKED : asked).plus(jitter);
    }
}
