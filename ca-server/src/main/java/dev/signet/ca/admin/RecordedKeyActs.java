package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.KeyWrappings;
import dev.signet.ca.authority.KeyWrappings.Rewrapping;
import dev.signet.ca.refusal.Refusal;

import java.util.Map;
import java.util.Optional;

/// Acts on how the CA's keys are kept.
final class RecordedKeyActs implements KeyActs {

    private final JdbcAuditedActs acts;
    private final KeyWrappings wrappings;

    RecordedKeyActs(JdbcAuditedActs acts, KeyWrappings wrappings) {
        this.acts = acts;
        this.wrappings = wrappings;
    }

    @Override
    public ActOutcome<Rewrapping.Done> rewrapKeys(Actor actor, String reason) {
        Act act = new Act("keys.rewrap", actor, wrappings.currentCheck(), reason);
        Optional<Refusal> objection = Objections.toReason(reason);
        return acts.perform(
                () -> objection.isPresent() ? act.refused(objection.get()) : rewrap(act));
    }

    private Attempted<Rewrapping.Done> rewrap(Act act) {
        return switch (wrappings.rewrap()) {
            case Rewrapping.Refused(Refusal refusal) -> act.refused(refusal);
            case Rewrapping.Done done ->
                    act.done(
                            done,
                            null,
                            Map.of("rewrapped", done.rewrapped(), "unchanged", done.unchanged()));
        };
    }
}
