package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;

/// An act that can be made to wait for a second person.
interface ApprovableAct {

    /// Permanent name, as in the audit trail and in `signet.approval.four-eyes`.
    String name();

    /// Does what was proposed, if the state that the proposer has seen is still there.
    ///
    /// @param actor who approves
    Attempted<?> execute(Actor actor, Proposal proposal);
}
