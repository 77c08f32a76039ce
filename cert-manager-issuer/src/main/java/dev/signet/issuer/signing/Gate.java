package dev.signet.issuer.signing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Whether a CA may be asked now. Shut by a failure that concerns every request, for as long as the
/// CA asked, or else for a wait that doubles from 1 s to 1 min, with jitter; then one request
/// tries, and its success opens the gate for all. So a CA that is away is asked once a wait,
/// however many requests there are (R18). Thread-safe.
final class Gate {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration LONGEST_HINT = Duration.ofMinutes(5);
    private static final Duration WHILE_ONE_TRIES = Duration.ofSeconds(1);
    private static final int LIMITED_IN_A_ROW = 8;

    private final InstantSource clock;
    private final RandomGenerator random;
    private int failures;
    private int limited;
    private Instant shutUntil = Instant.MIN;
    private Instant lastShut = Instant.MIN;
    private boolean trying;
    private String reason = "";
    private String message = "";

    /// Whether to ask.
    sealed interface Entry {

        /// Ask; say afterwards what came of it.
        ///
        /// @param begun when
        record Open(Instant begun) implements Entry {}

        /// Come again.
        ///
        /// @param reason of the failure that shut it
        record Shut(Duration again, String reason, String message) implements Entry {}
    }

    Gate(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    synchronized Entry enter() {
        Instant now = clock.instant();
        if (failures == 0) {
            return new Entry.Open(now);
        }
        if (now.isBefore(shutUntil)) {
            return shut(Duration.between(now, shutUntil));
        }
        if (trying) {
            return shut(WHILE_ONE_TRIES);
        }
        trying = true;
        return new Entry.Open(now);
    }

    private Entry.Shut shut(Duration wait) {
        return new Entry.Shut(
                wait.plus(jitter(Duration.ofSeconds(1).plus(wait.dividedBy(4)))), reason, message);
    }

    /// The CA gave an answer, whatever it was.
    ///
    /// @return whether the gate was shut until now
    synchronized boolean answered(Instant begun) {
        limited = 0;
        if (failures == 0 || begun.isBefore(lastShut)) {
            return false;
        }
        failures = 0;
        trying = false;
        return true;
    }

    /// A failure that concerns every request.
    ///
    /// @param hint what the CA asked for; zero: nothing
    /// @return when to come again
    synchronized Duration failed(Instant begun, Duration hint, String why, String text) {
        Instant now = clock.instant();
        // What was under way when it was shut says nothing new.
        if (failures == 0 || !begun.isBefore(lastShut)) {
            failures++;
            lastShut = now;
            trying = false;
            reason = why;
            message = text;
            Duration backoff = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
            if (backoff.compareTo(LONGEST) > 0) {
                backoff = LONGEST;
            }
            backoff = backoff.dividedBy(2).plus(jitter(backoff.dividedBy(2)));
            Duration asked = hint.compareTo(LONGEST_HINT) > 0 ? LONGEST_HINT : hint;
            shutUntil = now.plus(asked.compareTo(backoff) > 0 ? asked : backoff);
        }
        return shut(Duration.between(now, now.isBefore(shutUntil) ? shutUntil : now)).again();
    }

    /// A limit that concerns one request; many in a row concern all.
    ///
    /// @return when this request is to come again
    synchronized Duration limited(Instant begun, Duration hint, String why, String text) {
        limited++;
        if (limited >= LIMITED_IN_A_ROW) {
            return failed(begun, hint, why, text);
        }
        if (failures > 0 && !begun.isBefore(lastShut)) {
            trying = false;
        }
        Duration least = hint.compareTo(FIRST) > 0 ? hint : FIRST;
        return least.plus(jitter(least));
    }

    /// The request that was let in was not asked after all.
    synchronized void left(Instant begun) {
        if (!begun.isBefore(lastShut)) {
            trying = false;
        }
    }

    /// Whether it is shut.
    synchronized boolean isShut() {
        return failures > 0;
    }

    private Duration jitter(Duration most) {
        return Duration.ofNanos((long) (random.nextDouble() * most.toNanos()));
    }
}
