package dev.signet.ca.issuance;

import java.time.Duration;

/// Bounds of the issuance flow; configured under `signet.issuance`. An instance that exists is
/// usable.
///
/// @param deadline longest time from taking a request to answering it, 100 ms to 5 min; default 10
///   s. After it the caller is told DEADLINE_EXCEEDED and nothing is released
/// @param maxBlocking how many requests may wait at a time for something other than this CPU (a
///   join token's look-up, a remote signer), 1 to 10,000; default 256. One more is told OVERLOADED
/// @param rateLimits how many certificates are given in a time
public record IssuanceSettings(
        Duration deadline, Integer maxBlocking, RateLimitSettings rateLimits) {

    private static final int MAX_BLOCKING = 10_000;

    public IssuanceSettings {
        deadline = deadline == null ? Duration.ofSeconds(10) : deadline;
        maxBlocking = maxBlocking == null ? 256 : maxBlocking;
        rateLimits = rateLimits == null ? RateLimitSettings.defaults() : rateLimits;
        if (deadline.compareTo(Duration.ofMillis(100)) < 0
                || deadline.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException(
                    "signet.issuance.deadline is " + deadline + " (expected: 100 ms to 5 min)");
        }
        if (maxBlocking < 1 || maxBlocking > MAX_BLOCKING) {
            throw new IllegalArgumentException(
                    "signet.issuance.max-blocking is " + maxBlocking + " (expected: 1 to 10000)");
        }
    }

    public static IssuanceSettings defaults() {
        return new IssuanceSettings(Duration.ofSeconds(10), 256, RateLimitSettings.defaults());
    }
}
