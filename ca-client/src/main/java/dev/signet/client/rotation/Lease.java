package dev.signet.client.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// How long what is held stays good, and when its successor is wanted.
///
/// @param notAfter last instant at which it is good
/// @param window when to renew, as the CA requests
public record Lease(Instant notAfter, RenewalWindow window) {

    /// A moment for the next renewal of a lease that was granted now: drawn evenly from the window;
    /// from the second sixth of the remaining life before its end, 1/2 to 2/3, where the window is
    /// senseless.
    Instant drawAfterGrant(Instant now, RandomGenerator random) {
        Instant start = later(window.start(), now);
        Instant end = earlier(window.end(), notAfter);
        if (start.isBefore(end) && now.isBefore(end)) {
            return draw(start, end, random);
        }
        Duration life = Duration.between(now, notAfter);
        return draw(
                now.plus(life.dividedBy(2)), now.plus(life.multipliedBy(2).dividedBy(3)), random);
    }

    /// A moment for the next renewal of a lease that was found, for example after a restart: as
    /// above while its window is open or ahead; where it has passed, soon, but not all at once.
    Instant drawAfterFind(Instant now, RandomGenerator random) {
        if (now.isBefore(window.end())) {
            return drawAfterGrant(now, random);
        }
        Duration life = Duration.between(now, notAfter);
        return life.isNegative() ? now : draw(now, now.plus(life.dividedBy(10)), random);
    }

    private static Instant draw(Instant start, Instant end, RandomGenerator random) {
        long nanos = Duration.between(start, end).toNanos();
        return nanos <= 0 ? start : start.plusNanos((long) (random.nextDouble() * nanos));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
