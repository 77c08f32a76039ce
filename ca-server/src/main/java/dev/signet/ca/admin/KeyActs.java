package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.KeyWrappings.Rewrapping;

/// Acts on how the CA's private keys are kept, each with its audit event in one commit.
/// Thread-safe; blocks on the database.
public interface KeyActs {

    /// Wraps every wrapped key with the current key-encryption key of this server, beside its old
    /// wrapping, and proves that the new one opens. Doing it again does nothing more.
    ///
    /// @param reason why, for the audit trail
    /// @return CONFLICT when this server has no key that opens one of them; INVALID_ARGUMENT
    ///   without a reason
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    ActOutcome<Rewrapping.Done> rewrapKeys(Actor actor, String reason);
}
