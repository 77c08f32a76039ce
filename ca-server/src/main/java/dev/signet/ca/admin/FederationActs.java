package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.federation.Relationship;
import dev.signet.ca.federation.Relationships;
import dev.signet.ca.identity.TrustDomain;

/// Acts on relationships with other trust domains, each with its audit event in one commit.
/// Thread-safe; blocks on the database.
public interface FederationActs {

    /// Establishes a relationship; its bundle is pulled at once, and from then on.
    ///
    /// @param reason why, for the audit trail
    /// @return INVALID_ARGUMENT when something is wrong with it, CONFLICT when there is one
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    ActOutcome<Relationship> addFederation(Actor actor, Relationships.Wanted wanted, String reason);

    /// Ends a relationship: what it brought is not used any more, on all replicas within a second.
    ///
    /// @param reason why, for the audit trail
    /// @return NOT_FOUND when there is none
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    ActOutcome<Relationship> removeFederation(Actor actor, TrustDomain trustDomain, String reason);
}
