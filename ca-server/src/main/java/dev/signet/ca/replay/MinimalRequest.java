package dev.signet.ca.replay;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;

import org.jspecify.annotations.Nullable;

/// The least that the caller of a recorded issuance must have requested the policy in force to give
/// what was recorded. Immutable.
///
/// @param request with that request
/// @param inForce what the policy in force says to it
/// @param reproduced whether that is what was recorded
record MinimalRequest(PolicyRequest request, Decision inForce, boolean reproduced) {

    /// Identity, profile, and what else the certificate says, tried in this order. The lifetime
    /// alone is not: a recorded one may be the default's.
    private static final boolean[][] FOR_ONESELF = {
        {false, false, false}, {true, false, false}, {false, true, false}, {true, true, false}
    };

    /// Who speaks for another usually names it.
    private static final boolean[][] FOR_ANOTHER = {
        {true, false, false},
        {true, true, false},
        {true, false, true},
        {true, true, true},
        {false, false, false},
        {false, true, false},
        {false, false, true},
        {false, true, true}
    };

    static MinimalRequest of(RecordedRequest recorded, PolicySnapshot policy) {
        MinimalRequest fallback = null;
        boolean[][] inOrder =
                recorded.kind() == EvidenceKind.REGISTRATION_AUTHORITY ? FOR_ANOTHER : FOR_ONESELF;
        for (boolean[] variants : inOrder) {
            MinimalRequest attempt =
                    attempt(recorded, policy, variants[0], variants[1], variants[2]);
            if (attempt == null) {
                continue;
            }
            if (attempt.reproduced()) {
                return attempt;
            }
            boolean isBetter =
                    fallback == null
                            || (fallback.inForce() instanceof Decision.Denied
                                    && attempt.inForce() instanceof Decision.Granted);
            fallback = isBetter ? attempt : fallback;
        }
        if (fallback == null) {
            throw new IllegalStateException("no form of the request was tried");
        }
        return fallback;
    }

    private static @Nullable MinimalRequest attempt(
            RecordedRequest recorded,
            PolicySnapshot policy,
            boolean requestsId,
            boolean requestsProfile,
            boolean requestsContent) {
        if (requestsContent && recorded.content() == null) {
            return null;
        }
        PolicyRequest request =
                recorded.requesting(requestsId, requestsProfile, requestsContent, false);
        Decision decision = policy.decide(request);
        if (gives(decision, recorded, true)) {
            return new MinimalRequest(request, decision, true);
        }
        PolicyRequest lasting =
                recorded.requesting(requestsId, requestsProfile, requestsContent, true);
        Decision lastingDecision = policy.decide(lasting);
        return gives(lastingDecision, recorded, false)
                ? new MinimalRequest(lasting, lastingDecision, true)
                : new MinimalRequest(request, decision, false);
    }

    private static boolean gives(
            Decision decision, RecordedRequest recorded, boolean asksForLifetime) {
        return decision instanceof Decision.Granted granted
                && granted.spiffeId().equals(recorded.spiffeId())
                && granted.profile().name().equals(recorded.profile())
                && recorded.says(granted)
                && (!asksForLifetime || granted.lifetime().equals(recorded.lifetime()));
    }
}
