package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import java.math.BigInteger;

/// What became of an act, with the event that says so. Where it was refused, whatever it wrote is
/// rolled back, and the event is recorded all the same.
record Attempted<T>(ActOutcome<T> outcome, AuditEvent event) {

    /// Serial numbers are too long for the numbers of most readers of JSON.
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(
                                            BigInteger.class,
                                            new StdSerializer<BigInteger>(BigInteger.class) {
                                                @Override
                                                public void serialize(
                                                        BigInteger value,
                                                        JsonGenerator generator,
                                                        SerializationContext context) {
                                                    generator.writeString(hex(value));
                                                }
                                            }))
                    .build();

    /// As the ledger and every answer write it: whole bytes, lower case.
    static String hex(BigInteger serialNumber) {
        String digits = serialNumber.toString(16);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    /// What is attempted, by whom, on what and why.
    record Act(String name, Actor actor, String target, String reason) {

        /// The same, done to what became known with it.
        Act on(String id) {
            return new Act(name, actor, id, reason);
        }

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
