package dev.signet.ca.policy;

/// What a server gives a policy to work with. A document that asks for what is never given is
/// refused when it is written; one that is in force already stays so, as settings change after it.
/// Thread-safe, never blocks.
public interface PolicySurroundings {

    /// Of a server that is not known: everything is possible.
    PolicySurroundings UNKNOWN =
            new PolicySurroundings() {
                @Override
                public int issuingPathLength() {
                    return Integer.MAX_VALUE;
                }

                @Override
                public boolean isPassedOn(String claim) {
                    return true;
                }
            };

    /// How many CA certificates may follow below the issuing CA, the present or the next one.
    int issuingPathLength();

    /// Whether a token issuer hands this claim to policy.
    ///
    /// @param claim its name, without `oidc.claim.`
    boolean isPassedOn(String claim);
}
