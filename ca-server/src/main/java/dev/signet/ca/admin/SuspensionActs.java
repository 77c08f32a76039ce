package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.suspension.SuspensionState;
import dev.signet.ca.suspension.Suspensions;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Acts on the suspension.
final class SuspensionActs implements ApprovableAct {

    static final String SUSPEND = "issuance.suspend";

    private final Suspensions suspensions;

    SuspensionActs(Suspensions suspensions) {
        this.suspensions = suspensions;
    }

    @Override
    public String name() {
        return ApprovalSettings.RESUME;
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        return change(actor, false, proposal.expected(), approval.reason(), approval);
    }

    /// @param basis number of the state that the actor has seen; null: any
    /// @param approval of a second person; null: none was needed
    Attempted<String> change(
            Actor actor,
            boolean suspended,
            @Nullable String basis,
            String reason,
            @Nullable Approval approval) {
        Act act = new Act(suspended ? SUSPEND : ApprovalSettings.RESUME, actor, "", reason);
        Optional<SuspensionState> seen = seen(basis);
        if (seen.isEmpty()) {
            return act.refused(Objections.stale("The suspension"));
        }
        SuspensionState before = seen.get();
        return switch (suspensions.change(actor, suspended, reason, before.number())) {
            case Suspensions.Change.Done(SuspensionState state) ->
                    act.done(
                            Long.toString(state.number()),
                            Map.of("suspended", before.suspended(), "reason", before.reason()),
                            after(state, approval));
            case Suspensions.Change.Stale _ -> act.refused(Objections.stale("The suspension"));
            case Suspensions.Change.AlreadySo(SuspensionState state) ->
                    act.refused(
                            Objections.conflict(
                                    state.suspended()
                                            ? "Issuance is suspended already: " + state.reason()
                                            : "Issuance is not suspended."));
        };
    }

    /// The state in force, if it is the one that the actor has seen.
    Optional<SuspensionState> seen(@Nullable String basis) {
        SuspensionState state = suspensions.read();
        return basis == null || basis.equals(Long.toString(state.number()))
                ? Optional.of(state)
                : Optional.empty();
    }

    private static Map<String, Object> after(SuspensionState state, @Nullable Approval approval) {
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("suspended", state.suspended());
        after.put("reason", state.reason());
        if (approval != null) {
            after.put("approval", approval.id().toString());
            after.put("proposedBy", approval.proposedBy().subject());
        }
        return after;
    }
}
