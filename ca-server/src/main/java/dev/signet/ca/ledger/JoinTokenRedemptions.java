package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

/// What became of join tokens. Using one up is part of [Ledger]'s commit. Thread-safe; every call
/// blocks on PostgreSQL, for 5 s at most.
public interface JoinTokenRedemptions {

    /// Makes sure that a token gives no certificate from now on: takes the very place that its
    /// redemption would take, so of the two exactly one happens, on whatever replicas. Joins the
    /// caller's transaction; holds with its commit. Waits for a redemption that is under way.
    ///
    /// @throws LedgerUnavailableException when PostgreSQL did not confirm
    Forbidding forbid(JoinTokenHash hash);

    /// What [#forbid] came to.
    sealed interface Forbidding {
        record Forbidden() implements Forbidding {}

        record AlreadyForbidden() implements Forbidding {}

        /// @param serialNumber of the certificate that it gave
        record AlreadyRedeemed(SerialNumber serialNumber) implements Forbidding {}
    }
}
