package dev.signet.ca.replay;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;

import org.jspecify.annotations.Nullable;

/// The least that the caller of a recorded issuance must have wished for the policy in force to
/// give what was recorded. Immutable.
///
/// @param request with that wish
/// @param inForce what the policy in force says to it
/// @param reproduced whether that is what was recorded
record LeastWish(PolicyRequest request, Decision inForce, boolean reproduced) {

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

    static LeastWish of(RecordedRequest recorded, PolicySnapshot policy) {
        LeastWish fallback = null;
        boolean[][] inOrder =
                recorded.kind() == EvidenceKind.REGISTRATION_AUTHORITY ? FOR_ANOTHER : FOR_ONESELF;
        for (boolean[] wishes : inOrder) {
            LeastWish attempt = attempt(recorded, policy, wishes[0], wishes[1], wishes[2]);
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

    private static @Nullable LeastWish attempt(
            RecordedRequest recorded,
            PolicySnapshot policy,
            boolean wishesId,
            boolean wishesProfile,
            boolean wishesContent) {
        if (wishesContent && recorded.content() == null) {
            return null;
        }
        PolicyRequest request = recorded.wishing(wishesId, wishesProfile, wishesContent, false);
        Decision decision = policy.decide(request);
        if (gives(decision, recorded, true)) {
            return new LeastWish(request, decision, true);
        }
        PolicyRequest lasting = recorded.wishing(wishesId, wishesProfile, wishesContent, true);
        Decision lastingDecision = policy.decide(lasting);
        return gives(lastingDecision, recorded, false)
                ? new LeastWish(lasting, lastingDecision, true)
                : new LeastWish(request, decision, false);
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
