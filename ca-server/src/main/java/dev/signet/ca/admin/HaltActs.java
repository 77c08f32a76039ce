package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.halt.HaltState;
import dev.signet.ca.halt.Halts;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Acts on the halt.
final class HaltActs implements ApprovableAct {

    static final String HALT = "halt";

    private final Halts halts;

    HaltActs(Halts halts) {
        this.halts = halts;
    }

    @Override
    public String name() {
        return ApprovalSettings.HALT_LIFT;
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
            boolean halted,
            @Nullable String basis,
            String reason,
            @Nullable Approval approval) {
        Act act = new Act(halted ? HALT : ApprovalSettings.HALT_LIFT, actor, "", reason);
        Optional<HaltState> seen = seen(basis);
        if (seen.isEmpty()) {
            return act.refused(Objections.stale("The halt"));
        }
        HaltState before = seen.get();
        return switch (halts.change(actor, halted, reason, before.number())) {
            case Halts.Change.Done(HaltState state) ->
                    act.done(
                            Long.toString(state.number()),
                            Map.of("halted", before.halted(), "reason", before.reason()),
                            after(state, approval));
            case Halts.Change.Stale _ -> act.refused(Objections.stale("The halt"));
            case Halts.Change.AlreadySo(HaltState state) ->
                    act.refused(
                            Objections.conflict(
                                    state.halted()
                                            ? "Issuance is halted already: " + state.reason()
                                            : "Issuance is not halted."));
        };
    }

    /// The state in force, if it is the one that the actor has seen.
    Optional<HaltState> seen(@Nullable String basis) {
        HaltState state = halts.read();
        return basis == null || basis.equals(Long.toString(state.number()))
                ? Optional.of(state)
                : Optional.empty();
    }

    private static Map<String, Object> after(HaltState state, @Nullable Approval approval) {
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("halted", state.halted());
        after.put("reason", state.reason());
        if (approval != null) {
            after.put("approval", approval.id().toString());
            after.put("proposedBy", approval.proposedBy().subject());
        }
        return after;
    }
}
