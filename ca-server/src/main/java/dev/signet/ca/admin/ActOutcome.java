package dev.signet.ca.admin;

import dev.signet.ca.refusal.Refusal;

/// What came of an act of an admin. Where it is [Done] or [Pending], its audit event is in the same
/// commit.
///
/// @param <T> what there is now
public sealed interface ActOutcome<T> {

    record Done<T>(T value) implements ActOutcome<T> {}

    /// Nothing has changed yet: a second person has to approve.
    record Pending<T>(Approval approval) implements ActOutcome<T> {}

    record Refused<T>(Refusal refusal) implements ActOutcome<T> {}
}
