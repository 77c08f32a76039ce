package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.recovery.Losses;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// Operations on what this CA's record has lost, each with its audit event in one commit.
/// Thread-safe; blocks on the database.
public interface RecoveryActs {

    /// Closes losses that an operator has dealt with, on all replicas.
    ///
    /// @param revocationsUpTo greatest sequence that was looked at; null: none
    /// @param certificatesUpTo when the last certificate that was looked at was presented; null:
    ///   none
    /// @param reason what was done, for the audit trail
    /// @return what is open after it; INVALID_ARGUMENT without a reason, when nothing is named, or
    ///   when more is named than was shown; CONFLICT when nothing up to there is open
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    ActOutcome<Losses.Open> acknowledge(
            Actor actor,
            @Nullable Long revocationsUpTo,
            @Nullable Instant certificatesUpTo,
            String reason);
}
