package dev.signet.ca.admin;

/// An approval with what the act needs to be done.
///
/// @param expected state that the proposer has seen
record Proposal(Approval approval, String expected) {}
