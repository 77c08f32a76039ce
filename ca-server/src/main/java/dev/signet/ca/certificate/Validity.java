package dev.signet.ca.certificate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A certificate's validity: whole seconds, both ends included (RFC 5280 4.1.2.5), so the time from
/// notBefore to notAfter is one second less than the lifetime (R4). Immutable.
///
/// @rfc 5280 4.1.2.5
public record Validity(Instant notBefore, Instant notAfter) {

    /// @throws IllegalArgumentException when an end is not a whole second, or the ends are reversed
    public Validity {
        if (notBefore.getNano() != 0 || notAfter.getNano() != 0) {
            throw new IllegalArgumentException("validity is not in whole seconds");
        }
        if (notAfter.isBefore(notBefore)) {
            throw new IllegalArgumentException("notAfter is before notBefore");
        }
    }

    /// A validity of exactly `lifetime` with its first second at `notBefore`, cut to whole seconds.
    ///
    /// @param lifetime at least one second; a fraction of a second is cut off
    public static Validity of(Instant notBefore, Duration lifetime) {
        Instant first = notBefore.truncatedTo(ChronoUnit.SECONDS);
        return new Validity(first, first.plusSeconds(lifetime.toSeconds() - 1));
    }

    /// Number of seconds in which the certificate is valid, both ends counted.
    public Duration lifetime() {
        return Duration.between(notBefore, notAfter).plusSeconds(1);
    }

    public boolean contains(Instant instant) {
        return !instant.isBefore(notBefore) && instant.isBefore(notAfter.plusSeconds(1));
    }
}
