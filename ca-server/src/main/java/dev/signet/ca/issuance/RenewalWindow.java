package dev.signet.ca.issuance;

import java.time.Duration;
import java.time.Instant;

/// When to renew: from one half to two thirds of the life that is left, so that one third is left
/// for retries (R17, R19).
///
/// @param from included
/// @param until included
record RenewalWindow(Instant from, Instant until) {

    /// Of a certificate released now; both ends are now where no life is left.
    static RenewalWindow of(Instant now, Instant notAfter) {
        Duration left = Duration.between(now, notAfter);
        if (left.isNegative()) {
            return new RenewalWindow(now, now);
        }
        return new RenewalWindow(
                now.plus(left.dividedBy(2)), now.plus(left.multipliedBy(2).dividedBy(3)));
    }
}
