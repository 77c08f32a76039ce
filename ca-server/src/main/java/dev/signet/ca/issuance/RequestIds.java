package dev.signet.ca.issuance;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Bounds of request ids: the ledger keeps them for little more than a day, so an older one could
/// not be told from a new one.
///
/// @rfc 9562 5.7
final class RequestIds {

    static final Duration MAX_AGE = Duration.ofHours(24);
    static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final int VERSION = 7;
    private static final int VARIANT = 2;
    private static final int TIME_SHIFT = 16;

    private RequestIds() {}

    /// INVALID_ARGUMENT for an id that is not a UUID of version 7 of about now; none for no id.
    static Optional<Refusal> objection(@Nullable UUID requestId, Instant now) {
        if (requestId == null) {
            return Optional.empty();
        }
        if (requestId.version() != VERSION || requestId.variant() != VARIANT) {
            return Optional.of(invalid("The request id is not a UUID of version 7 (RFC 9562)."));
        }
        Instant made = Instant.ofEpochMilli(requestId.getMostSignificantBits() >>> TIME_SHIFT);
        if (made.isBefore(now.minus(MAX_AGE)) || made.isAfter(now.plus(MAX_AHEAD))) {
            return Optional.of(outOfBounds(made, now));
        }
        return Optional.empty();
    }

    /// Who makes an id for each request has a clock that is wrong, or this server has.
    private static Refusal outOfBounds(Instant made, Instant now) {
        Duration ahead = Duration.between(now, made);
        String times =
                "The request id was made at "
                        + made
                        + ", "
                        + ahead.abs().truncatedTo(ChronoUnit.SECONDS)
                        + (ahead.isNegative() ? " behind" : " ahead of")
                        + " this server's clock, which shows "
                        + now.truncatedTo(ChronoUnit.SECONDS)
                        + " (expected: at most 24 h behind and 5 min ahead). Check the clock of the"
                        + " machine that asks, then this server's; make a new id for each new"
                        + " request.";
        return invalid(times);
    }

    private static Refusal invalid(String message) {
        return new Refusal(
                RefusalCode.INVALID_ARGUMENT, message, "", null, Map.of("field", "request_id"));
    }
}
