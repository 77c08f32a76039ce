package dev.signet.ca.audit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// Look-up of the trail. Thread-safe; every call reads PostgreSQL and blocks, for 5 s at most
/// ([#forEach]: for each page).
public interface AuditEvents {

    /// A page of events, the youngest first, in an order that stays the same while new ones arrive.
    ///
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit is out of its bounds or the page token is
    ///   none
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Page search(Criteria criteria, int limit, @Nullable String pageToken);

    /// Events after one that was seen, the oldest first: who goes on asking with the id of the last
    /// one misses none and gets none twice.
    ///
    /// @param afterId 0: from the beginning
    /// @param limit 1 to 1,000
    /// @throws IllegalArgumentException when an argument is out of its bounds
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    List<RecordedEvent> after(Criteria criteria, long afterId, int limit);

    /// The id of the youngest event; 0: there is none.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    long lastId();

    /// Gives every event that was there when it was called, the oldest first, in constant memory.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked;
    ///   what was given until then is right but not all
    default void forEach(Criteria criteria, Consumer<RecordedEvent> consumer) {
        long last = lastId();
        long seen = 0;
        while (seen < last) {
            List<RecordedEvent> page = after(criteria, seen, 1000);
            for (RecordedEvent event : page) {
                if (event.id() > last) {
                    return;
                }
                consumer.accept(event);
            }
            if (page.size() < 1000) {
                return;
            }
            seen = page.getLast().id();
        }
    }

    /// What to look for; each part narrows it.
    ///
    /// @param act null: any; otherwise exactly
    /// @param actor subject of the actor, exactly; null: any
    /// @param target null: any; otherwise exactly
    /// @param refused null: any; true: only what was refused; false: only what was done
    /// @param from included; null: no bound
    /// @param before not included; null: no bound
    record Criteria(
            @Nullable String act,
            @Nullable String actor,
            @Nullable String target,
            @Nullable Boolean refused,
            @Nullable Instant from,
            @Nullable Instant before) {

        public static final Criteria ANY = new Criteria(null, null, null, null, null, null);
    }

    /// @param nextPageToken null: no further page
    record Page(List<RecordedEvent> events, @Nullable String nextPageToken) {
        public Page {
            events = List.copyOf(events);
        }
    }
}
