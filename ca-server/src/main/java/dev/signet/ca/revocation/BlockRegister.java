package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Blocking identities and releasing them. Trusts that the caller has checked who acts.
/// Thread-safe; every call blocks on PostgreSQL, for 5 s at most, and throws
/// [dev.signet.ca.ledger.LedgerUnavailableException] when that did not confirm. What changes
/// something joins the caller's transaction where there is one; this replica observes it from the
/// commit on, the others when they are signalled, or half a second later.
public interface BlockRegister {

    /// Every replica keeps all that are in force in memory.
    int MOST_IN_FORCE = 10_000;

    /// @param reason 1 to 1,024 characters
    Outcome block(BlockTarget target, String reason, Actor actor);

    /// @param reason 1 to 1,024 characters
    Released release(long number, String reason, Actor actor);

    Optional<Block> find(long number);

    /// A page of blocks, the youngest first.
    ///
    /// @param inForce true: those alone that are; false: those alone that are over; null: any
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit or the page token is none
    Page list(@Nullable Boolean inForce, int limit, @Nullable String pageToken);

    /// @param nextPageToken null: no further page
    record Page(List<Block> blocks, @Nullable String nextPageToken) {}

    /// What came of blocking.
    sealed interface Outcome {
        record Blocked(Block block) implements Outcome {}

        /// The very same target is blocked; nothing has changed.
        record AlreadyBlocked(Block block) implements Outcome {}

        /// [#MOST_IN_FORCE] are in force.
        record TooMany() implements Outcome {}
    }

    /// What came of releasing.
    sealed interface Released {
        record Done(Block block) implements Released {}

        /// It was released before; nothing has changed.
        record AlreadyReleased(Block block) implements Released {}

        record NotFound() implements Released {}
    }
}
