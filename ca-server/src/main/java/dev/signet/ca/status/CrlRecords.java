package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// The CRLs on record. Thread-safe; each call reads PostgreSQL, and blocks for some seconds at
/// most.
interface CrlRecords {

    /// Shard and number of the newest CRL of each shard.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    List<Head> heads();

    record Head(Shard shard, long number) {}

    /// The newest of a shard.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Optional<CrlRecord> newest(Shard shard);

    /// Puts a new CRL on record while nobody else can for this shard: the maker sees the newest one
    /// and gives the next, or the same where that will do. What was given may be published once
    /// this has returned, not before.
    ///
    /// @return empty: another replica is at it
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm; the
    ///   CRL may be on record nevertheless
    Optional<CrlRecord> next(Shard shard, Maker maker);

    /// Makes a CRL with a greater number.
    @FunctionalInterface
    interface Maker {
        CrlRecord make(@Nullable CrlRecord newest);
    }

    /// Removes what newer ones have replaced for an hour.
    void forgetSuperseded();
}
