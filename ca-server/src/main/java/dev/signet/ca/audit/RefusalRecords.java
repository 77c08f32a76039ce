package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/// What was refused: all of it counted, a bounded part of it with the whole detail, and some lines
/// a second in the log. Whoever is refused a million times a second costs the database a bounded
/// number of rows a minute. Thread-safe.
public interface RefusalRecords {

    /// Counts, keeps and logs one refusal. Never waits for the database, never throws; costs some
    /// microseconds. On record about a minute later. While PostgreSQL is unavailable it is kept in
    /// memory, with less detail after some minutes.
    ///
    /// Equal refusals of a minute are one record with a number. Callers whose evidence was verified
    /// have places of their own, and each caller at most a few, so that a flood of refusals pushes
    /// no other caller's out.
    void refused(RefusedRequest request);

    /// Counts on record, the newest minute first, in it the most frequent first.
    ///
    /// @param from included
    /// @param before not included
    /// @param limit 1 to 10,000
    /// @throws IllegalArgumentException when the limit is out of its bounds
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    List<RefusalCount> counts(Instant from, Instant before, int limit);

    /// A page of the refusals on record with their detail, the newest first, in an order that stays
    /// the same while new ones arrive.
    ///
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit is out of its bounds or the page token is
    ///   not one
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Page search(Criteria criteria, int limit, @Nullable String pageToken);

    /// What to look for; each part narrows it.
    ///
    /// @param spiffeIdPrefix what the identity begins with; null: any
    /// @param subject exactly; null: any
    /// @param address exactly; null: any
    /// @param code null: any
    /// @param from included
    /// @param before not included
    record Criteria(
            @Nullable String spiffeIdPrefix,
            @Nullable String subject,
            @Nullable String address,
            @Nullable RefusalCode code,
            Instant from,
            Instant before) {}

    /// @param nextPageToken null: no further page
    record Page(List<RecordedRefusal> refusals, @Nullable String nextPageToken) {
        public Page {
            refusals = List.copyOf(refusals);
        }
    }
}
