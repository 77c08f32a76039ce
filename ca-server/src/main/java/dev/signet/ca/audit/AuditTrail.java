package dev.signet.ca.audit;

/// Takes events for good. Thread-safe; writes to PostgreSQL and blocks, for 5 s at most.
public interface AuditTrail {

    /// Records the event: in the caller's transaction (`TransactionOperations`) where there is one,
    /// so that no act is without its event and no event without its act; at once otherwise.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm: the
    ///   act must not be done
    void record(AuditEvent event);
}
