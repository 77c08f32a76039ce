package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/// What a workload does with new connections while it does not know what is revoked, because the CA
/// has been out of reach. Connections that are open go on either way. Immutable.
public final class WhenRevocationUnknown {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(7);

    /// Peers are judged by what was known last: availability before revocation.
    public static final WhenRevocationUnknown FAIL_OPEN = new WhenRevocationUnknown(null);

    private final @Nullable Duration longestAge;

    private WhenRevocationUnknown(@Nullable Duration longestAge) {
        this.longestAge = longestAge;
    }

    /// No peer is accepted once the knowledge is older than this, and none before the first: a
    /// workload that must not serve a revoked peer for longer, whatever happens to the CA. While
    /// all is well the age stays below the CA's heartbeat, 5 s unless set otherwise.
    ///
    /// @param age 1 s to 7 days
    /// @throws IllegalArgumentException when it is out of its bounds
    public static WhenRevocationUnknown failClosedAfter(Duration age) {
        if (age.compareTo(SHORTEST) < 0 || age.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "age: " + age + " (expected: " + SHORTEST + " to " + LONGEST + ")");
        }
        return new WhenRevocationUnknown(age);
    }

    /// Null: any age will do.
    @Nullable Duration longestAge() {
        return longestAge;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WhenRevocationUnknown that
                && Objects.equals(longestAge, that.longestAge);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(longestAge);
    }

    @Override
    public String toString() {
        return longestAge == null ? "fail open" : "fail closed after " + longestAge;
    }
}
