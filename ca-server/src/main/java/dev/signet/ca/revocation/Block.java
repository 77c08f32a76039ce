package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// Identities that get no certificate, or got none for a while. Immutable.
///
/// @param number grows with each block
/// @param reason 1 to 1,024 characters
/// @param by who blocked, without address
/// @param release null: it is in force
public record Block(
        long number,
        BlockTarget target,
        String reason,
        Actor by,
        Instant blockedAt,
        @Nullable Release release) {

    /// @param by who released it, without address
    public record Release(String reason, Actor by, Instant releasedAt) {}
}
