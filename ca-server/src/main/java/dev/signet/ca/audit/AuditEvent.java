package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

/// One act as the trail keeps it. Immutable; no secret in any part.
///
/// @param act permanent name in lower case with dots: `policy.activate`, `token.create`, `login`
/// @param actor who
/// @param target what it was done to; empty where the act says it all
/// @param reason as the actor gave it, at most 1,024 characters; empty: none was asked for
/// @param before JSON of what the act replaced; null: nothing
/// @param after JSON of what is there now; null: nothing
/// @param refusal null: it was done
public record AuditEvent(
        String act,
        Actor actor,
        String target,
        String reason,
        @Nullable String before,
        @Nullable String after,
        @Nullable RefusalCode refusal) {}
