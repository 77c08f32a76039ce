package dev.signet.ca.status;

import java.util.List;

/// Which shards there are, on record. Thread-safe; blocks for some seconds at most.
interface ShardPlanRecords {

    /// @param bits 2 to the power of it shards, 0 to 12
    /// @param baseUrl what the URLs of the CRLs begin with; empty: they are named nowhere
    record Plan(String authorityId, int bits, String baseUrl) {}

    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    List<Plan> all();

    /// Adds a plan; one that is there stays.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    void add(Plan plan);
}
