package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.api.model.Condition;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Conditions of a status. Stateless but for the clock.
public final class Conditions {

    private static final int MAX_MESSAGE_LENGTH = 4096;

    private final InstantSource clock;

    public Conditions(InstantSource clock) {
        this.clock = clock;
    }

    /// The condition of this type, if there is one.
    public static @Nullable Condition find(@Nullable List<Condition> conditions, String type) {
        if (conditions != null) {
            for (Condition condition : conditions) {
                if (type.equals(condition.getType())) {
                    return condition;
                }
            }
        }
        return null;
    }

    /// Whether there is this condition, and it is true.
    public static boolean isTrue(@Nullable List<Condition> conditions, String type) {
        Condition condition = find(conditions, type);
        return condition != null && "True".equals(condition.getStatus());
    }

    /// The condition as it is now, its time of transition kept where the status stays.
    ///
    /// @param before null: there was none
    public Condition next(
            @Nullable Condition before, String type, boolean status, String reason, String text) {
        Condition next = new Condition();
        next.setType(type);
        next.setStatus(status ? "True" : "False");
        next.setReason(reason);
        next.setMessage(
                text.length() <= MAX_MESSAGE_LENGTH ? text : text.substring(0, MAX_MESSAGE_LENGTH));
        next.setLastTransitionTime(
                before != null
                                && before.getLastTransitionTime() != null
                                && next.getStatus().equals(before.getStatus())
                        ? before.getLastTransitionTime()
                        : now());
        return next;
    }

    /// Now, as Kubernetes writes times.
    public String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Whether a reader would see another thing.
    public static boolean isNews(@Nullable Condition before, Condition next) {
        return before == null
                || !next.getStatus().equals(before.getStatus())
                || !next.getReason().equals(before.getReason())
                || !next.getMessage().equals(before.getMessage())
                || (next.getObservedGeneration() != null
                        && !next.getObservedGeneration().equals(before.getObservedGeneration()));
    }

    /// When a condition came to be as it is.
    ///
    /// @param otherwise where that is not readable
    public static Instant since(@Nullable Condition condition, Instant otherwise) {
        if (condition == null || condition.getLastTransitionTime() == null) {
            return otherwise;
        }
        try {
            return Instant.parse(condition.getLastTransitionTime());
        } catch (java.time.format.DateTimeParseException e) {
            return otherwise;
        }
    }
}
