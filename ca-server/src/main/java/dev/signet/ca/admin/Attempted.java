package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

/// What became of an act, with the event that says so. Where it was refused, whatever it wrote is
/// rolled back, and the event is recorded all the same.
record Attempted<T>(ActOutcome<T> outcome, AuditEvent event) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// What is attempted, by whom, on what and why.
    record Act(String name, Actor actor, String target, String reason) {

        /// @param before a record or a map without secrets; null: nothing was replaced
        /// @param after a record or a map without secrets; null: nothing is there
        <T> Attempted<T> done(T value, @Nullable Object before, @Nullable Object after) {
            return new Attempted<>(
                    new ActOutcome.Done<>(value),
                    new AuditEvent(name, actor, target, reason, json(before), json(after), null));
        }

        <T> Attempted<T> refused(Refusal refusal) {
            return new Attempted<>(
                    new ActOutcome.Refused<>(refusal),
                    new AuditEvent(name, actor, target, reason, null, null, refusal.code()));
        }

        private static @Nullable String json(@Nullable Object value) {
            return value == null ? null : JSON.writeValueAsString(value);
        }
    }
}
