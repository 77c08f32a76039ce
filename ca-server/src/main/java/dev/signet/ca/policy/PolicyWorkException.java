package dev.signet.ca.policy;

import dev.signet.ca.refusal.Refusal;

/// A computation over a policy was not done. Its refusal is for the caller.
public final class PolicyWorkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    PolicyWorkException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    /// OVERLOADED or POLICY_TOO_COSTLY.
    public Refusal refusal() {
        return refusal;
    }
}
