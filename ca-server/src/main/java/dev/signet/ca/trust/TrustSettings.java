package dev.signet.ca.trust;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// Settings under `signet.trust`.
///
/// @param refreshHint how often consumers are told to ask for a newer bundle, whole seconds;
///   default 60 s, 1 s to 1 day
/// @param refreshInterval how often this replica looks for a newer version, beside each time that
///   one is signalled; default 1 s, 100 ms to 1 hour
public record TrustSettings(Duration refreshHint, Duration refreshInterval) {

    private static final Duration LONGEST_HINT = Duration.ofDays(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

    /// @throws IllegalArgumentException when a value is out of its bounds
    public TrustSettings(@Nullable Duration refreshHint, @Nullable Duration refreshInterval) {
        this.refreshHint = refreshHint == null ? Duration.ofMinutes(1) : refreshHint;
        this.refreshInterval = refreshInterval == null ? Duration.ofSeconds(1) : refreshInterval;
        if (this.refreshHint.toNanosPart() != 0
                || this.refreshHint.toSeconds() < 1
                || this.refreshHint.compareTo(LONGEST_HINT) > 0) {
            throw new IllegalArgumentException(
                    "signet.trust.refresh-hint is "
                            + this.refreshHint
                            + " (expected: whole seconds, PT1S to PT24H)");
        }
        if (this.refreshInterval.compareTo(SHORTEST_INTERVAL) < 0
                || this.refreshInterval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "signet.trust.refresh-interval is "
                            + this.refreshInterval
                            + " (expected: PT0.1S to PT1H)");
        }
    }
}
