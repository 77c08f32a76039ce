package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.rotation.ActivationGate.Readiness;
import dev.signet.ca.rotation.GatedActivations;
import dev.signet.ca.rotation.GatedActivations.Activated;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/// Activates an issuing CA, through the gate or past it.
final class ActivateAuthority implements ApprovableAct {

    private static final String OVERRIDE = " override";

    private final GatedActivations activations;

    ActivateAuthority(GatedActivations activations) {
        this.activations = activations;
    }

    @Override
    public String name() {
        return ApprovalSettings.AUTHORITY_ACTIVATE;
    }

    /// What a second person is shown, and what is done then.
    static String target(String id, boolean overridden) {
        return overridden ? id + OVERRIDE : id;
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        boolean overridden = approval.target().endsWith(OVERRIDE);
        String id = approval.target().replace(OVERRIDE, "");
        return activate(
                new Act(name(), actor, approval.target(), approval.reason()),
                id,
                overridden,
                proposal.expected(),
                approval);
    }

    /// @param approval of a second person; null: none was needed
    Attempted<Changes> activate(
            Act act,
            String id,
            boolean overridden,
            @Nullable String expected,
            @Nullable Approval approval) {
        Activated activated =
                activations.activate(id, overridden, AuthorityBasis.of(expected), act.reason());
        return switch (activated.change()) {
            case Change.Done(var changed, long generation) -> {
                Map<String, Object> after = new LinkedHashMap<>();
                after.put("changed", changed);
                after.put("override", overridden);
                Readiness readiness = activated.readiness();
                if (readiness != null) {
                    after.put("share", readiness.share());
                    after.put("identities", readiness.identities());
                    after.put("acknowledged", readiness.acknowledged());
                }
                if (approval != null) {
                    after.put("approval", approval.id().toString());
                    after.put("proposedBy", approval.proposedBy().subject());
                }
                yield act.done(new Changes(changed, generation), null, after);
            }
            case Change.Refused(Refusal refusal) -> act.refused(refusal);
        };
    }
}
