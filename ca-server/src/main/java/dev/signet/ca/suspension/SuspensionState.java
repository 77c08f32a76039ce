package dev.signet.ca.suspension;

import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// Whether issuance is suspended. Immutable.
///
/// @param number one more with each change; 0: there was none, issuance goes on
/// @param reason of that change, 1 to 1,024 characters; empty for number 0
/// @param by who changed it, without address; null for number 0
/// @param since when, by the database's clock; null for number 0
public record SuspensionState(
        long number,
        boolean suspended,
        String reason,
        @Nullable Actor by,
        @Nullable Instant since) {

    public static final SuspensionState NEVER = new SuspensionState(0, false, "", null, null);
}
