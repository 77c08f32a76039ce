package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// An act that waits, or waited, for a second person. Immutable.
///
/// @param act permanent name as in the audit trail: `policy.activate`
/// @param target what it is to be done to
/// @param reason as the proposer gave it
/// @param expiresAt first instant at which it cannot be approved any more
/// @param decidedBy null while nobody has decided
/// @param decidedAt null while nobody has decided
/// @param decisionReason as whoever decided gave it; empty while nobody has
public record Approval(
        UUID id,
        String act,
        String target,
        String reason,
        Actor proposedBy,
        Instant proposedAt,
        Instant expiresAt,
        State state,
        @Nullable Actor decidedBy,
        @Nullable Instant decidedAt,
        String decisionReason) {

    /// Where an approval stands.
    public enum State {
        PENDING,
        APPROVED,
        REJECTED,
        EXPIRED
    }
}
