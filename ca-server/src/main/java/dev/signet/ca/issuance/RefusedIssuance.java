package dev.signet.ca.issuance;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.audit.RefusedRequest;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.util.UUID;

/// What is known of a request that is being refused. Made for refusals only. Immutable.
record RefusedIssuance(
        IssuanceRequest request,
        String subject,
        @Nullable SpiffeId spiffeId,
        @Nullable String rule,
        @Nullable String policyVersion) {

    static RefusedIssuance of(
            IssuanceRequest request,
            @Nullable AttestedCaller caller,
            Decision.@Nullable Granted grant) {
        return new RefusedIssuance(
                request,
                caller == null ? "" : caller.subject(),
                grant == null ? identity(caller) : grant.spiffeId(),
                grant == null ? null : grant.rule(),
                grant == null ? null : grant.policyVersion());
    }

    /// The one that the evidence itself is bound to.
    private static @Nullable SpiffeId identity(@Nullable AttestedCaller caller) {
        return caller == null || caller.bound() == null
                ? null
                : caller.bound().exact().orElse(null);
    }

    RefusedIssuance of(String named) {
        return new RefusedIssuance(request, named, spiffeId, rule, policyVersion);
    }

    RefusedIssuance denied(Decision.Denied denied, String version) {
        return new RefusedIssuance(
                request,
                subject,
                denied.spiffeId() == null ? spiffeId : denied.spiffeId(),
                denied.rule(),
                version);
    }

    /// The caller's own word comes first: it is what its owner looks for.
    RefusedRequest with(EvidenceLabel evidence, Refusal refusal) {
        SpiffeId requested = request.requested().spiffeId();
        SpiffeId about = requested == null ? spiffeId : requested;
        UUID requestId = request.requestId();
        return new RefusedRequest(
                refusal,
                evidence.text(),
                subject.isEmpty() ? replica() : subject,
                RefusedRequest.address(request.peer()),
                about == null ? "" : about.toString(),
                request.requested().names().text(),
                rule == null ? "" : rule,
                policyVersion == null ? "" : policyVersion,
                requestId == null ? "" : requestId.toString());
    }

    /// This server itself is believed.
    private String replica() {
        return request.evidence() instanceof Evidence.ThisServer(String replica) ? replica : "";
    }
}
