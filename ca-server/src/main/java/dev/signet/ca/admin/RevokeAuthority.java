package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationCause;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/// Revokes an authority, and its certificate with it, so that clients and verifiers of lists hear
/// of it. What another CA gave a serial number of its own form is not in our lists: it is that CA's
/// to revoke, and here it is not believed any more.
final class RevokeAuthority implements ApprovableAct {

    private static final String OVERRIDE = "override";

    private final AuthorityLifeCycle lifeCycle;
    private final Revocations certificates;

    RevokeAuthority(AuthorityLifeCycle lifeCycle, Revocations certificates) {
        this.lifeCycle = lifeCycle;
        this.certificates = certificates;
    }

    @Override
    public String name() {
        return ApprovalSettings.AUTHORITY_REVOKE;
    }

    /// What a second person is shown, and what is done then.
    static String target(String id, RevocationReason cause, boolean overridden) {
        return id + " " + cause.text() + (overridden ? " " + OVERRIDE : "");
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        String[] parts = approval.target().split(" ", -1);
        return revoke(
                new Act(name(), actor, approval.target(), approval.reason()),
                parts[0],
                RevocationReason.of(parts[1]).orElseThrow(),
                parts.length > 2,
                proposal.expected(),
                approval);
    }

    /// @param approval of a second person; null: none was needed
    Attempted<Changes> revoke(
            Act act,
            String id,
            RevocationReason cause,
            boolean overridden,
            @Nullable String expected,
            @Nullable Approval approval) {
        return switch (lifeCycle.revoke(
                id, overridden, AuthorityBasis.of(expected), act.reason())) {
            case Change.Done(var changed, long generation) -> {
                changed.forEach(one -> revokeCertificate(one, cause, act));
                Map<String, Object> after = new LinkedHashMap<>();
                after.put("changed", changed);
                after.put("cause", cause.text());
                after.put("override", overridden);
                if (approval != null) {
                    after.put("approval", approval.id().toString());
                    after.put("proposedBy", approval.proposedBy().subject());
                }
                yield act.done(new Changes(changed, generation), null, after);
            }
            case Change.Refused(Refusal refusal) -> act.refused(refusal);
        };
    }

    private void revokeCertificate(Changed authority, RevocationReason cause, Act act) {
        String issuerId = authority.issuerId();
        if (issuerId == null) {
            // A root signs itself: it leaves the trust bundle.
            return;
        }
        SerialNumber.fromOctets(authority.serialNumber().toByteArray())
                .ifPresent(serial -> {
                    Revocations.Outcome _ =
                            certificates.revokeUnrecorded(
                                    serial,
                                    issuerId,
                                    null,
                                    null,
                                    new RevocationCause(cause, act.reason(), act.actor()));
                });
    }
}
