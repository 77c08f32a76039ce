package dev.signet.ca.federation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/// Settings under `signet.federation.pull`: how bundles of other trust domains are had.
///
/// @param enabled whether this replica pulls; default true. One replica pulls at a time
/// @param minInterval between two pulls, whatever the other side hints; default 10 s, 1 s to 1 h
/// @param maxInterval between two pulls, whatever the other side hints; default 1 h, up to 1 day
/// @param timeout of one request; default 10 s, 1 s to 1 min
/// @param allowedHosts hosts that relationships may name, perhaps with a port; empty: any
public record FederationSettings(
        Boolean enabled,
        Duration minInterval,
        Duration maxInterval,
        Duration timeout,
        List<String> allowedHosts) {

    /// @throws IllegalArgumentException when a value is out of its bounds
    public FederationSettings(
            @Nullable Boolean enabled,
            @Nullable Duration minInterval,
            @Nullable Duration maxInterval,
            @Nullable Duration timeout,
            @Nullable List<String> allowedHosts) {
        this.enabled = enabled == null || enabled;
        this.minInterval = minInterval == null ? Duration.ofSeconds(10) : minInterval;
        this.maxInterval = maxInterval == null ? Duration.ofHours(1) : maxInterval;
        this.timeout = timeout == null ? Duration.ofSeconds(10) : timeout;
        this.allowedHosts = allowedHosts == null ? List.of() : List.copyOf(allowedHosts);
        within("min-interval", this.minInterval, Duration.ofSeconds(1), Duration.ofHours(1));
        within("max-interval", this.maxInterval, this.minInterval, Duration.ofDays(1));
        within("timeout", this.timeout, Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "signet.federation.pull."
                            + name
                            + " is "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
