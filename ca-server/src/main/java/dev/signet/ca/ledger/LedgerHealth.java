package dev.signet.ca.ledger;

import java.util.Optional;

/// Whether the ledger can record, as last seen by its writer or its probe. Thread-safe, never
/// blocks.
public interface LedgerHealth {

    /// Empty while PostgreSQL takes writes from this server, durably and in its role.
    Optional<LedgerProblem> problem();
}
