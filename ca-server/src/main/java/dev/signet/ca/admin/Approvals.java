package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Acts that wait for a second person. Thread-safe; every call blocks on PostgreSQL, for 5 s at
/// most.
public interface Approvals {

    /// The youngest first.
    ///
    /// @param state null: any
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit or the page token is none
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Page list(Approval.@Nullable State state, int limit, @Nullable String pageToken);

    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Optional<Approval> find(UUID id);

    /// Does the act that waits. Refused: NOT_FOUND, CONFLICT (decided or expired),
    /// SECOND_PERSON_REQUIRED (the proposer, whoever may be the same person, the operator
    /// credential), or what the act itself is refused for.
    ActOutcome<Approval> approve(Actor actor, UUID id, String reason);

    /// The proposer may reject, too. Refused: NOT_FOUND, CONFLICT.
    ActOutcome<Approval> reject(Actor actor, UUID id, String reason);

    /// @param nextPageToken null: no further page
    record Page(List<Approval> approvals, @Nullable String nextPageToken) {}
}
