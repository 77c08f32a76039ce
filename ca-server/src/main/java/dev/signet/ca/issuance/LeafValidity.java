package dev.signet.ca.issuance;

import dev.signet.ca.certificate.Validity;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// When a leaf is valid (R4, R17).
final class LeafValidity {

    /// A backdate of more than this part of the lifetime would eat up short lives.
    private static final int MIN_LIFETIME_PER_BACKDATE = 10;

    /// Less life than this, or than this part of what was granted, is of no use: its holder could
    /// not renew in time.
    private static final Duration MIN_USEFUL = Duration.ofSeconds(10);

    private static final int MAX_SHORTENING = 10;

    private LeafValidity() {}

    /// The granted lifetime, begun `backdate` (at most a tenth of the lifetime) before now, within
    /// the issuer's validity.
    ///
    /// @param lifetime whole seconds, at least one
    /// @return empty when the issuer ends too soon to be of use, or is not valid now
    static Optional<Validity> of(
            Instant now, Duration lifetime, Duration backdate, Validity issuer) {
        if (!issuer.contains(now)) {
            return Optional.empty();
        }
        Duration tenth = lifetime.dividedBy(MIN_LIFETIME_PER_BACKDATE);
        Instant notBefore =
                now.minus(backdate.compareTo(tenth) < 0 ? backdate : tenth)
                        .truncatedTo(ChronoUnit.SECONDS);
        Validity wanted = Validity.of(notBefore, lifetime);
        boolean cut = wanted.notAfter().isAfter(issuer.notAfter());
        Instant notAfter = cut ? issuer.notAfter() : wanted.notAfter();
        if (cut && !isUseful(Duration.between(now, notAfter), lifetime)) {
            return Optional.empty();
        }
        Instant first = notBefore.isBefore(issuer.notBefore()) ? issuer.notBefore() : notBefore;
        return Optional.of(new Validity(first, notAfter));
    }

    private static boolean isUseful(Duration remainder, Duration lifetime) {
        return remainder.compareTo(MIN_USEFUL) >= 0
                && remainder.compareTo(lifetime.dividedBy(MAX_SHORTENING)) >= 0;
    }
}
