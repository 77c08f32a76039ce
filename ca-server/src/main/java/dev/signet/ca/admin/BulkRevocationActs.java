package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.revocation.BulkRevocations;

import java.util.Map;
import java.util.UUID;

/// Beginning a bulk revocation that a second person has approved.
final class BulkRevocationActs implements ApprovableAct {

    private final BulkRevocations bulk;

    BulkRevocationActs(BulkRevocations bulk) {
        this.bulk = bulk;
    }

    @Override
    public String name() {
        return ApprovalSettings.REVOCATION_BULK;
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        UUID id = UUID.fromString(approval.target());
        Act act = new Act(name(), actor, approval.target(), approval.reason());
        return bulk.startIfUnchanged(id, proposal.expected())
                ? act.done(
                        bulk.find(id).orElseThrow(),
                        null,
                        Map.of(
                                "approval",
                                approval.id().toString(),
                                "proposedBy",
                                approval.proposedBy().subject()))
                : act.refused(Objections.stale("What is to be revoked"));
    }
}
