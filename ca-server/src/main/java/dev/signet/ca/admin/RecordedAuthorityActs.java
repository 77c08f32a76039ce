package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationReason;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// Acts on authorities, each with its event in one commit.
final class RecordedAuthorityActs implements AuthorityActs {

    private final JdbcAuditedActs acts;
    private final AuthorityLifeCycle lifeCycle;
    private final ActivateAuthority activations;
    private final RevokeAuthority revocations;
    private final FourEyes fourEyes;

    RecordedAuthorityActs(
            JdbcAuditedActs acts,
            AuthorityLifeCycle lifeCycle,
            ActivateAuthority activations,
            RevokeAuthority revocations,
            FourEyes fourEyes) {
        this.acts = acts;
        this.lifeCycle = lifeCycle;
        this.activations = activations;
        this.revocations = revocations;
        this.fourEyes = fourEyes;
    }

    @Override
    public ActOutcome<Changes> prepareIssuing(
            Actor actor, @Nullable String rootId, @Nullable String expected, String reason) {
        return change(
                new Act(
                        "authority.prepare",
                        actor,
                        rootId == null ? "issuing" : "issuing under " + rootId,
                        reason),
                expected,
                false,
                basis ->
                        rootId == null
                                ? lifeCycle.prepareIssuing(basis, reason)
                                : lifeCycle.prepareIssuingUnder(rootId, basis, reason));
    }

    @Override
    public ActOutcome<Changes> prepareRoot(
            Actor actor, boolean crossSigned, @Nullable String expected, String reason) {
        return change(
                new Act("authority.prepare", actor, "root", reason),
                expected,
                false,
                basis -> lifeCycle.prepareRoot(crossSigned, basis, reason));
    }

    @Override
    public ActOutcome<Changes> activate(
            Actor actor, String id, boolean overridden, @Nullable String expected, String reason) {
        String target = ActivateAuthority.target(id, overridden);
        Act act = new Act(ApprovalSettings.AUTHORITY_ACTIVATE, actor, target, reason);
        return perform(
                act,
                () ->
                        fourEyes.needed(act.name())
                                ? propose(act, expected)
                                : activations.activate(act, id, overridden, expected, null));
    }

    @Override
    public ActOutcome<Changes> rollBack(Actor actor, @Nullable String expected, String reason) {
        return change(
                new Act("authority.rollback", actor, "issuing", reason),
                expected,
                false,
                basis -> lifeCycle.rollBack(basis, reason));
    }

    @Override
    public ActOutcome<Changes> retire(
            Actor actor, String id, boolean overridden, @Nullable String expected, String reason) {
        return change(
                new Act("authority.retire", actor, id, reason),
                expected,
                overridden,
                basis -> lifeCycle.retire(id, overridden, basis, reason));
    }

    @Override
    public ActOutcome<Changes> revoke(
            Actor actor,
            String id,
            String cause,
            boolean overridden,
            @Nullable String expected,
            String reason) {
        Optional<RevocationReason> known = RevocationReason.of(cause);
        if (known.isEmpty()) {
            Act act = new Act(ApprovalSettings.AUTHORITY_REVOKE, actor, id, reason);
            return perform(act, () -> act.refused(unknownCause()));
        }
        String target = RevokeAuthority.target(id, known.get(), overridden);
        Act act = new Act(ApprovalSettings.AUTHORITY_REVOKE, actor, target, reason);
        return perform(
                act,
                () ->
                        fourEyes.needed(act.name())
                                ? propose(act, expected)
                                : revocations.revoke(
                                        act, id, known.get(), overridden, expected, null));
    }

    private static Refusal unknownCause() {
        return Objections.invalid(
                "cause",
                "The cause is none (expected: one of "
                        + Arrays.stream(RevocationReason.values())
                                .map(RevocationReason::text)
                                .toList()
                        + ").");
    }

    private Attempted<Changes> propose(Act act, @Nullable String expected) {
        long present = lifeCycle.generation();
        long basis = AuthorityBasis.of(expected);
        if (basis != AuthorityLifeCycle.ANY && basis != present) {
            return act.refused(Objections.stale("The list of authorities"));
        }
        return fourEyes.propose(
                act.actor(), act.name(), act.target(), Long.toString(present), act.reason());
    }

    private ActOutcome<Changes> change(
            Act act, @Nullable String expected, boolean overridden, LongFunction<Change> change) {
        return perform(
                act,
                () ->
                        switch (change.apply(AuthorityBasis.of(expected))) {
                            case Change.Done(var changed, long generation) ->
                                    named(act, changed)
                                            .done(
                                                    new Changes(changed, generation),
                                                    null,
                                                    Map.of(
                                                            "changed",
                                                            changed,
                                                            "override",
                                                            overridden));
                            case Change.Refused(Refusal refusal) -> act.refused(refusal);
                        });
    }

    /// What had no id before: a rollback goes back to an authority that the CA chooses.
    private static Act named(Act act, List<AuthorityLifeCycle.Changed> changed) {
        return act.name().equals("authority.rollback")
                ? act.on(AuthorityBasis.target(changed))
                : act;
    }

    private <T> ActOutcome<T> perform(Act act, Supplier<Attempted<T>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
