package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityIntake;
import dev.signet.ca.authority.AuthorityIntake.Material;
import dev.signet.ca.authority.AuthorityIntake.Requesting;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// Each with its event in one commit.
final class RecordedIntakeActs implements IntakeActs {

    private final JdbcAuditedActs acts;
    private final AuthorityIntake intake;

    RecordedIntakeActs(JdbcAuditedActs acts, AuthorityIntake intake) {
        this.acts = acts;
        this.intake = intake;
    }

    @Override
    public ActOutcome<Requesting.Made> request(Actor actor, String reason) {
        Act act = new Act("authority.request", actor, "issuing", reason);
        return perform(
                act,
                () ->
                        switch (intake.request(reason)) {
                            case Requesting.Made made ->
                                    act.on(made.id())
                                            .done(made, null, Map.of("request", made.id()));
                            case Requesting.Refused(Refusal refusal) -> act.refused(refusal);
                        });
    }

    @Override
    public ActOutcome<Changes> accept(
            Actor actor, byte[] certificates, @Nullable String expected, String reason) {
        return change(
                new Act("authority.accept", actor, "issuing", reason),
                expected,
                basis -> intake.accept(certificates, basis, reason));
    }

    @Override
    public ActOutcome<Changes> takeIn(
            Actor actor, Material material, @Nullable String expected, String reason) {
        return change(
                new Act("authority.import", actor, "imported", reason),
                expected,
                basis -> intake.takeIn(material, basis, reason));
    }

    private ActOutcome<Changes> change(
            Act act, @Nullable String expected, LongFunction<Change> change) {
        return perform(
                act,
                () ->
                        switch (change.apply(AuthorityBasis.of(expected))) {
                            case Change.Done(var changed, long generation) ->
                                    act.on(AuthorityBasis.target(changed))
                                            .done(
                                                    new Changes(changed, generation),
                                                    null,
                                                    Map.of("changed", changed));
                            case Change.Refused(Refusal refusal) -> act.refused(refusal);
                        });
    }

    private <T> ActOutcome<T> perform(Act act, Supplier<Attempted<T>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
