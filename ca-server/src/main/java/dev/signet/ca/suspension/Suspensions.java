package dev.signet.ca.suspension;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.refusal.Refusal;

import java.util.Optional;

/// The one switch that stops issuance on all replicas: each knows of a change well within a second
/// of its commit. Thread-safe.
public interface Suspensions {

    /// As this replica last read it. Never blocks.
    SuspensionState current();

    /// Why nothing may be issued now: SUSPENDED with the reason; or LEDGER_UNAVAILABLE where this
    /// replica has not been able to read the state for [#LONGEST_UNKNOWN_SECONDS]. Never blocks. To
    /// be asked when a request is admitted, and again right before its certificate is handed over
    /// to be recorded: what was admitted before a suspension is then not issued after it.
    ///
    /// This server's own certificate is not subject to it: without one nobody could reach the
    /// operation that resumes issuance.
    Optional<Refusal> refusal();

    /// As it is on record. Blocks for 5 s at most.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    SuspensionState read();

    /// Suspends or resumes issuance; joins the caller's transaction where there is one. This
    /// replica observes it from the commit on, the others when they are signalled, or half a second
    /// later.
    ///
    /// @param suspended true: stop; false: go on
    /// @param reason 1 to 1,024 printable characters; callers are told that of a suspension
    /// @param expected number of the state that the actor has seen
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    Change change(Actor actor, boolean suspended, String reason, long expected);

    /// Longer than any honest pause of PostgreSQL; issuance needs PostgreSQL anyway.
    int LONGEST_UNKNOWN_SECONDS = 10;

    /// What came of a change.
    sealed interface Change {
        record Done(SuspensionState state) implements Change {}

        /// Somebody else was faster: the state is not the expected one.
        record Stale(SuspensionState state) implements Change {}

        /// It was so already.
        record AlreadySo(SuspensionState state) implements Change {}
    }
}
