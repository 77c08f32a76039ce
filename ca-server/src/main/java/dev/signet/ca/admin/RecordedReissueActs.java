package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.Replacements.Scope;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.reissue.Reissue;
import dev.signet.ca.reissue.Reissues;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Acts on mass reissue.
final class RecordedReissueActs implements ReissueActs {

    private static final String START = "reissue.start";

    private final JdbcAuditedActs acts;
    private final Reissues reissues;

    RecordedReissueActs(JdbcAuditedActs acts, Reissues reissues) {
        this.acts = acts;
        this.reissues = reissues;
    }

    @Override
    public ActOutcome<Reissue> startReissue(
            Actor actor, Scope scope, int perSecond, @Nullable Instant before, String reason) {
        return perform(
                new Act(START, actor, "", reason),
                () ->
                        switch (reissues.start(actor, scope, perSecond, before, reason)) {
                            case Reissues.Started.Refused(Refusal refusal) ->
                                    new Act(START, actor, "", reason).refused(refusal);
                            case Reissues.Started.Done(Reissue reissue) -> {
                                String number = Long.toString(reissue.order().number());
                                yield new Act(START, actor, number, reason)
                                        .done(reissue, null, after(reissue));
                            }
                        });
    }

    @Override
    public ActOutcome<Long> cancelReissue(Actor actor, long number, String reason) {
        Act act = new Act("reissue.cancel", actor, Long.toString(number), reason);
        return perform(
                act,
                () ->
                        switch (reissues.cancel(actor, number, reason)) {
                            case DONE -> act.done(number, null, null);
                            case CANCELLED_BEFORE ->
                                    act.refused(
                                            Objections.conflict(
                                                    "This order was cancelled before."));
                            case UNKNOWN ->
                                    act.refused(
                                            Objections.notFound(
                                                    "There is no order to renew of this number."));
                        });
    }

    private static Map<String, Object> after(Reissue reissue) {
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("authorityIds", reissue.order().authorityIds());
        after.put("spiffeIdPrefix", reissue.order().spiffeIdPrefix());
        after.put("end", reissue.order().end().toString());
        after.put("perSecond", reissue.perSecond());
        after.put("certificates", reissue.certificates());
        return after;
    }

    private <T> ActOutcome<T> perform(Act act, Supplier<Attempted<T>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
