package dev.signet.ca.admin;

import java.util.Set;

/// An approval with what the act needs to be done.
///
/// @param expected state that the proposer has seen
/// @param origins of the proposer, as [Origins] gives them; empty: a server of a release before
///   this kept none
record Proposal(Approval approval, String expected, Set<String> origins) {
    Proposal {
        origins = Set.copyOf(origins);
    }
}
