package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.policy.PolicyFinding;
import dev.signet.ca.policy.PolicyVersions;
import dev.signet.ca.policy.PolicyVersions.ActivateOutcome;
import dev.signet.ca.policy.PolicyVersions.Active;
import dev.signet.ca.policy.PolicyVersions.Author;
import dev.signet.ca.policy.PolicyVersions.WriteOutcome;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Acts on policies.
final class PolicyActs implements ApprovableAct {

    private final PolicyVersions versions;

    PolicyActs(PolicyVersions versions) {
        this.versions = versions;
    }

    @Override
    public String name() {
        return ApprovalSettings.POLICY_ACTIVATE;
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        return activate(
                actor,
                Long.parseLong(approval.target()),
                proposal.expected(),
                approval.reason(),
                approval.proposedBy(),
                approval);
    }

    Attempted<Long> create(Actor actor, String document, String reason) {
        String name = "policy.create";
        return switch (versions.write(document, author(actor), reason)) {
            case WriteOutcome.Written(PolicyVersions.Version version, _) -> {
                String number = Long.toString(version.number());
                yield new Act(name, actor, number, reason)
                        .done(version.number(), null, Map.of("sha256", version.sha256()));
            }
            case WriteOutcome.NotAccepted(List<PolicyFinding> findings) ->
                    new Act(name, actor, "", reason).refused(notAccepted(findings));
        };
    }

    /// @param basis number of the activation that the actor has seen; null: any
    /// @param proposer in whose name it is put in force; the actor where no approval is needed
    /// @param approval of a second person; null: none was needed
    Attempted<Long> activate(
            Actor actor,
            long number,
            @Nullable String basis,
            String reason,
            Actor proposer,
            @Nullable Approval approval) {
        Act act = new Act(ApprovalSettings.POLICY_ACTIVATE, actor, Long.toString(number), reason);
        Optional<Active> seen = seen(basis);
        if (seen.isEmpty()) {
            return act.refused(Objections.stale("The policy in force"));
        }
        Optional<Refusal> lacking = toRoles(number, actor);
        if (lacking.isPresent()) {
            return act.refused(lacking.get());
        }
        Active before = seen.get();
        // In the proposer's name, by the roles of whoever lets it happen.
        Author author = new Author(proposer.kind(), proposer.subject(), actor.roles());
        return switch (versions.activate(number, before.activation(), author, reason)) {
            case ActivateOutcome.Activated(Active active) ->
                    act.done(
                            active.number(),
                            Map.of("number", before.number(), "activation", before.activation()),
                            after(active, approval));
            case ActivateOutcome.Changed() -> act.refused(Objections.stale("The policy in force"));
            case ActivateOutcome.NoSuchVersion() -> act.refused(noSuchVersion(number));
            case ActivateOutcome.NotAccepted(List<PolicyFinding> findings) ->
                    act.refused(notAccepted(findings));
        };
    }

    /// What is in force, if it is the activation that the actor has seen.
    Optional<Active> seen(@Nullable String basis) {
        Active active = versions.active();
        return basis == null || basis.equals(Long.toString(active.activation()))
                ? Optional.of(active)
                : Optional.empty();
    }

    /// The version that a rollback would put in force.
    Optional<Long> previous() {
        return versions.previous();
    }

    Optional<Refusal> objectionTo(long number, Actor actor) {
        return number == 0 || versions.find(number).isPresent()
                ? toRoles(number, actor)
                : Optional.of(noSuchVersion(number));
    }

    /// Whoever puts a rule in force causes the certificates that it grants.
    private Optional<Refusal> toRoles(long number, Actor actor) {
        return versions.protectedGrants(number).stream()
                .filter(grant -> !Role.cover(actor.roles(), grant.roles()))
                .findFirst()
                .map(grant ->
                        Refusal.of(
                                RefusalCode.ROLE_REQUIRED,
                                "Rule "
                                        + grant.rule()
                                        + " of policy version "
                                        + number
                                        + " can grant "
                                        + grant.identity()
                                        + ", which carries roles of the admin API. It takes "
                                        + grant.roles().stream().sorted().toList()
                                        + " to put it in force, you hold "
                                        + actor.roles().stream().sorted().toList()
                                        + ". Narrow the rule, or ask somebody who holds them."));
    }

    private static Refusal noSuchVersion(long number) {
        return Objections.notFound("There is no policy version " + number + ".");
    }

    private static Refusal notAccepted(List<PolicyFinding> findings) {
        List<PolicyFinding> errors =
                findings.stream()
                        .filter(finding -> finding.severity() == PolicyFinding.Severity.ERROR)
                        .toList();
        PolicyFinding first = errors.getFirst();
        return new Refusal(
                RefusalCode.POLICY_NOT_ACCEPTED,
                "The policy document has "
                        + errors.size()
                        + (errors.size() == 1 ? " error" : " errors, the first")
                        + " at line "
                        + first.line()
                        + ", column "
                        + first.column()
                        + ": "
                        + first.message(),
                "",
                null,
                Map.of(
                        "line",
                        Integer.toString(first.line()),
                        "column",
                        Integer.toString(first.column())));
    }

    private static Author author(Actor actor) {
        return new Author(actor.kind(), actor.subject());
    }

    private static Map<String, Object> after(Active active, @Nullable Approval approval) {
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("number", active.number());
        after.put("activation", active.activation());
        if (approval != null) {
            after.put("approval", approval.id().toString());
            after.put("proposedBy", approval.proposedBy().subject());
        }
        return after;
    }
}
