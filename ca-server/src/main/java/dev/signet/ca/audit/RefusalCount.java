package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;

/// How often the same was refused within a minute. Immutable.
///
/// @param began first instant of that minute
/// @param replica server that refused
/// @param kind evidence kind or method; `*` in the count of all that had no place of its own
/// @param detail name of the rule that decided; empty: none; `*` as for kind
/// @param refusals at least 1
/// @param sample diagnosis of one of them, at most 512 characters; no secret
public record RefusalCount(
        Instant began,
        String replica,
        RefusalCode code,
        String kind,
        String detail,
        long refusals,
        String sample) {}
