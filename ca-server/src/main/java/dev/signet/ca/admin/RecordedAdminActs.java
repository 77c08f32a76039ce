package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.policy.PolicyVersions.Active;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.suspension.SuspensionState;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Acts, each with its event in one commit.
final class RecordedAdminActs implements AdminActs {

    private final JdbcAuditedActs acts;
    private final JoinTokenActs tokens;
    private final PolicyActs policies;
    private final SuspensionActs suspensions;
    private final FourEyes fourEyes;
    private final JdbcApprovalStore store;
    private final String replica;

    private volatile boolean adminKnown;

    RecordedAdminActs(
            JdbcAuditedActs acts,
            JoinTokenActs tokens,
            PolicyActs policies,
            SuspensionActs suspensions,
            FourEyes fourEyes,
            JdbcApprovalStore store,
            String replica) {
        this.acts = acts;
        this.tokens = tokens;
        this.policies = policies;
        this.suspensions = suspensions;
        this.fourEyes = fourEyes;
        this.store = store;
        this.replica = replica;
    }

    @Override
    public ActOutcome<List<CreatedJoinToken>> createJoinTokens(
            Actor actor,
            String spiffeIdPattern,
            @Nullable Duration timeToLive,
            int count,
            String reason) {
        return perform(
                new Act("token.create", actor, spiffeIdPattern, reason),
                () -> tokens.create(actor, spiffeIdPattern, timeToLive, count, reason));
    }

    @Override
    public ActOutcome<String> revokeJoinToken(Actor actor, String tokenId, String reason) {
        return perform(
                new Act("token.revoke", actor, tokenId, reason),
                () -> tokens.revoke(actor, tokenId, reason));
    }

    @Override
    public Optional<CreatedJoinToken> createBootstrapToken() {
        if (store.hasFirstAdmin()) {
            return Optional.empty();
        }
        Actor server = new Actor("server", replica, null);
        return switch (acts.perform(() -> tokens.createBootstrap(server))) {
            case ActOutcome.Done<List<CreatedJoinToken>>(List<CreatedJoinToken> made) ->
                    Optional.of(made.getFirst());
            case ActOutcome.Pending<List<CreatedJoinToken>> _,
                    ActOutcome.Refused<List<CreatedJoinToken>> _ ->
                    Optional.empty();
        };
    }

    @Override
    public void adminLoggedIn(Actor actor) {
        if (!adminKnown) {
            store.rememberFirstAdmin(actor);
            adminKnown = true;
        }
    }

    @Override
    public ActOutcome<Long> createPolicy(Actor actor, String document, String reason) {
        return perform(
                new Act("policy.create", actor, "", reason),
                () -> policies.create(actor, document, reason));
    }

    @Override
    public ActOutcome<Long> activatePolicy(
            Actor actor, long number, @Nullable String expected, String reason) {
        Act act = new Act(ApprovalSettings.POLICY_ACTIVATE, actor, Long.toString(number), reason);
        return perform(act, () -> activate(act, number, expected));
    }

    @Override
    public ActOutcome<Long> rollbackPolicy(Actor actor, @Nullable String expected, String reason) {
        Act act = new Act(ApprovalSettings.POLICY_ACTIVATE, actor, "previous", reason);
        return perform(
                act,
                () -> {
                    Optional<Active> seen = policies.seen(expected);
                    if (seen.isEmpty()) {
                        return act.refused(Objections.stale("The policy in force"));
                    }
                    Optional<Long> previous = policies.previous();
                    return previous.isEmpty()
                            ? act.refused(
                                    Objections.conflict(
                                            "There is no policy to go back to: none was in force"
                                                    + " before this one."))
                            : activate(act, previous.get(), Long.toString(seen.get().activation()));
                });
    }

    private Attempted<Long> activate(Act act, long number, @Nullable String expected) {
        if (!fourEyes.needed(ApprovalSettings.POLICY_ACTIVATE)) {
            return policies.activate(
                    act.actor(), number, expected, act.reason(), act.actor(), null);
        }
        Optional<Active> seen = policies.seen(expected);
        if (seen.isEmpty()) {
            return act.refused(Objections.stale("The policy in force"));
        }
        Optional<Refusal> objection = policies.objectionTo(number, act.actor());
        return objection.isPresent()
                ? act.refused(objection.get())
                : fourEyes.propose(
                        act.actor(),
                        act.name(),
                        Long.toString(number),
                        Long.toString(seen.get().activation()),
                        act.reason());
    }

    @Override
    public ActOutcome<String> suspend(Actor actor, @Nullable String expected, String reason) {
        return perform(
                new Act(SuspensionActs.SUSPEND, actor, "", reason),
                () -> suspensions.change(actor, true, expected, reason, null));
    }

    @Override
    public ActOutcome<String> resume(Actor actor, @Nullable String expected, String reason) {
        Act act = new Act(ApprovalSettings.RESUME, actor, "", reason);
        return perform(
                act,
                () -> {
                    if (!fourEyes.needed(ApprovalSettings.RESUME)) {
                        return suspensions.change(actor, false, expected, reason, null);
                    }
                    Optional<SuspensionState> seen = suspensions.seen(expected);
                    if (seen.isEmpty()) {
                        return act.refused(Objections.stale("The suspension"));
                    }
                    return seen.get().suspended()
                            ? fourEyes.propose(
                                    actor,
                                    act.name(),
                                    "",
                                    Long.toString(seen.get().number()),
                                    reason)
                            : act.refused(Objections.conflict("Issuance is not suspended."));
                });
    }

    private <T> ActOutcome<T> perform(Act act, Supplier<Attempted<T>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
