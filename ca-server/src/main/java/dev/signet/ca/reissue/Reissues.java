package dev.signet.ca.reissue;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.Replacements;
import dev.signet.ca.ledger.Replacements.Scope;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Orders to renew: made, taken back, and how far they have got. Thread-safe; every call blocks on
/// PostgreSQL, for some seconds at most, and throws
/// [dev.signet.ca.ledger.LedgerUnavailableException] when that did not confirm.
public interface Reissues {

    /// No window is longer.
    Duration LONGEST_WINDOW = Duration.ofDays(30);

    /// Whom an order would name as of now, and when they would renew; refused like [#start].
    Planned plan(Scope scope, int perSecond, @Nullable Instant before);

    /// Orders those whose certificates are in the scope and issued before now to renew. The window
    /// begins now. It ends at `before`, or, where that is null, as soon as the rate allows. Joins
    /// the caller's transaction where there is one. Refused: INVALID_ARGUMENT when the rate does
    /// not allow it before then, or a value is out of its bounds; CONFLICT when 16 orders are in
    /// force.
    ///
    /// @param perSecond most renewals a second on average, 1 to 1,000,000
    Started start(Actor actor, Scope scope, int perSecond, @Nullable Instant before, String reason);

    /// Takes an order back; who has renewed already has. Joins the caller's transaction.
    Cancelled cancel(Actor actor, long number, String reason);

    /// The youngest first.
    ///
    /// @param limit 1 to 1,000
    List<Reissue> list(int limit);

    Optional<Reissue> find(long number);

    /// How far those that the order named have got.
    Replacements.Count progress(Reissue reissue);

    /// Who has not renewed yet, in the order of their SPIFFE IDs.
    ///
    /// @param limit 1 to 1,000
    List<Replacements.Left> left(Reissue reissue, int limit);

    /// @param certificates how many it would name
    /// @param identities that hold them
    record Plan(long certificates, long identities, Instant start, Instant end) {}

    sealed interface Planned {
        record Possible(Plan plan) implements Planned {}

        record Refused(Refusal refusal) implements Planned {}
    }

    sealed interface Started {
        record Done(Reissue reissue) implements Started {}

        record Refused(Refusal refusal) implements Started {}
    }

    enum Cancelled {
        DONE,
        CANCELLED_BEFORE,
        UNKNOWN
    }
}
