package dev.signet.ca.ledger;

/// Whether the ledger can record, as last seen by its writer or its probe. Thread-safe, never
/// blocks.
public interface LedgerHealth {

    /// True while PostgreSQL answers.
    boolean available();
}
