package dev.signet.ca.ledger;

/// How much is on record. Thread-safe.
public interface LedgerSize {

    /// About how many certificates on record have not expired: exact up to some ten thousand, an
    /// estimate of PostgreSQL's beyond. At most a minute old; blocks for 5 s at most.
    ///
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    long unexpired();
}
