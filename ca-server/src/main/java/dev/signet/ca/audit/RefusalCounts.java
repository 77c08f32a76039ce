package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;
import java.util.List;

/// Refusals, counted rather than written one by one: whoever is refused a million times a second
/// costs the database a bounded number of rows a minute. Thread-safe.
public interface RefusalCounts {

    /// Counts one refusal. Never blocks, never throws; some tens of nanoseconds for what was
    /// refused in this minute before. On record about a minute later; while PostgreSQL is away it
    /// is kept, with less detail after an hour.
    ///
    /// @param kind evidence kind or method: one of few
    /// @param detail name of a rule or an issuer from configuration, never a text that a caller
    ///   chose; empty: none
    /// @param diagnosis what the log may know; the first of a minute is kept, truncated
    void count(RefusalCode code, String kind, String detail, String diagnosis);

    /// Counts on record, the youngest minute first, in it the most frequent first.
    ///
    /// @param from included
    /// @param before not included
    /// @param limit 1 to 10,000
    /// @throws IllegalArgumentException when the limit is out of its bounds
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    List<RefusalCount> between(Instant from, Instant before, int limit);
}
