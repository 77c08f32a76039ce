package dev.signet.ca.recovery;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What this CA's record has lost, as it is on record for all replicas: open until an operator has
/// acknowledged it, or until the record has it again. Thread-safe; every call blocks on PostgreSQL,
/// for 5 s at most, and throws [dev.signet.ca.ledger.LedgerUnavailableException] when that did not
/// answer.
public interface Losses {

    Open open();

    /// Closes what is open up to there, in the caller's transaction. What is shown later opens
    /// again.
    ///
    /// @param revocationsUpTo as in [LostRevocations#upTo()]; null: not about revocations
    /// @param certificatesUpTo as in [Open#certificatesUpTo()]; null: not about certificates
    /// @throws IllegalArgumentException when both are null
    void acknowledge(
            @Nullable Long revocationsUpTo, @Nullable Instant certificatesUpTo, String reason);

    /// @param certificates that callers have presented, that have not expired, and that are neither
    ///   on record nor revoked nor acknowledged
    /// @param certificatesUpTo when the last of those was presented; null: there is none
    /// @param revocations empty: no client has shown one that is not on record
    record Open(
            long certificates,
            @Nullable Instant certificatesUpTo,
            Optional<LostRevocations> revocations) {

        public boolean isEmpty() {
            return certificates == 0 && revocations.isEmpty();
        }
    }

    /// Revocations that clients have seen. A sequence is at least the microseconds since the Unix
    /// epoch at which it was given.
    ///
    /// @param after where the record ended, the earliest; 0: there was none
    /// @param upTo greatest sequence that a client showed
    /// @param replicas that one was shown to
    /// @param firstShown when one was shown first
    /// @param lastShown when a greater one was shown last
    record LostRevocations(
            long after, long upTo, List<String> replicas, Instant firstShown, Instant lastShown) {

        public LostRevocations {
            replicas = List.copyOf(replicas);
        }
    }
}
