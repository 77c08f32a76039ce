package dev.signet.ca.policy;

import java.time.Duration;

/// How many certificates a rule grants in a time, counted on each replica by itself.
///
/// @param issuances 1 to 1,000,000; also how many may come at once
/// @param period 1 s to 1 day; the allowance comes back evenly over it
/// @param per whose issuances are counted together
public record RateLimit(int issuances, Duration period, Per per) {

    /// Whose issuances are counted together.
    public enum Per {
        /// Those of one SPIFFE ID.
        IDENTITY,
        /// Those of one evidence kind and subject.
        SUBJECT,
        /// All of the rule.
        RULE
    }

    private static final int MAX_ISSUANCES = 1_000_000;

    /// @throws IllegalArgumentException when a number is out of its bounds
    public RateLimit {
        if (issuances < 1 || issuances > MAX_ISSUANCES) {
            throw new IllegalArgumentException(
                    "rate limit of " + issuances + " issuances (expected: 1 to 1000000)");
        }
        if (period.compareTo(Duration.ofSeconds(1)) < 0
                || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "rate limit for a period of " + period + " (expected: 1 s to 1 day)");
        }
    }
}
