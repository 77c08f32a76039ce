package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.recovery.Losses;
import dev.signet.ca.recovery.Losses.LostRevocations;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Operations on what the record has lost.
final class RecordedRecoveryActs implements RecoveryActs {

    private final JdbcAuditedActs acts;
    private final Losses losses;

    RecordedRecoveryActs(JdbcAuditedActs acts, Losses losses) {
        this.acts = acts;
        this.losses = losses;
    }

    @Override
    public ActOutcome<Losses.Open> acknowledge(
            Actor actor,
            @Nullable Long revocationsUpTo,
            @Nullable Instant certificatesUpTo,
            String reason) {
        Act act = new Act("recovery.acknowledge", actor, "recovery", reason);
        return acts.perform(() -> {
            Optional<Refusal> refusal = Objections.toReason(reason);
            Losses.Open before = losses.open();
            if (refusal.isEmpty()) {
                refusal = refusal(before, revocationsUpTo, certificatesUpTo);
            }
            if (refusal.isPresent()) {
                return act.refused(refusal.get());
            }
            losses.acknowledge(revocationsUpTo, certificatesUpTo, reason);
            Map<String, String> acknowledged = new LinkedHashMap<>();
            if (revocationsUpTo != null) {
                acknowledged.put("revocationsUpTo", Long.toString(revocationsUpTo));
            }
            if (certificatesUpTo != null) {
                acknowledged.put("certificatesUpTo", certificatesUpTo.toString());
            }
            return act.done(losses.open(), null, acknowledged);
        });
    }

    private static Optional<Refusal> refusal(
            Losses.Open open, @Nullable Long revocationsUpTo, @Nullable Instant certificatesUpTo) {
        if (revocationsUpTo == null && certificatesUpTo == null) {
            return Optional.of(
                    Objections.invalid(
                            "revocationsUpTo",
                            "Nothing is named (expected: revocationsUpTo, certificatesUpTo or both, as"
                                    + " GET /v1/recovery shows them)."));
        }
        if (revocationsUpTo != null) {
            LostRevocations lost = open.revocations().orElse(null);
            if (lost == null) {
                return Optional.of(
                        Objections.conflict(
                                "No lost revocations are open: nothing to acknowledge."));
            }
            if (revocationsUpTo > lost.upTo()) {
                return Optional.of(
                        Objections.invalid(
                                "revocationsUpTo",
                                "Lost revocations were shown up to sequence "
                                        + lost.upTo()
                                        + " (expected: that or less, found "
                                        + revocationsUpTo
                                        + ")."));
            }
        }
        if (certificatesUpTo != null) {
            Instant last = open.certificatesUpTo();
            if (last == null) {
                return Optional.of(
                        Objections.conflict(
                                "No certificates that are not on record are open: nothing to"
                                        + " acknowledge."));
            }
            if (certificatesUpTo.isAfter(last)) {
                return Optional.of(
                        Objections.invalid(
                                "certificatesUpTo",
                                "The last certificate was presented at "
                                        + last
                                        + " (expected: then or earlier, found "
                                        + certificatesUpTo
                                        + ")."));
            }
        }
        return Optional.empty();
    }
}
