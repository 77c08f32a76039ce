package dev.signet.ca.replay;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/// Runs a policy over the recorded issuances of a period and tells what it would change, compared
/// with the policy that is in force now. Thread-safe; blocks on PostgreSQL for as long as the
/// period has records. Memory stays the same however many there are.
///
/// A record says what was attested and what was issued, not what was requested. Each is decided
/// with the least request by which the policy in force gives what was recorded: the recorded names
/// always; the recorded ID, lifetime and profile only where without them it gives others. So a
/// candidate that makes another ID of the same evidence shows as another ID, and one that takes
/// away a choice that a caller made shows as a denial. What the evidence was bound to is not
/// recorded either: a join token and a current certificate count as bound to the recorded ID, which
/// they were good for.
///
/// Requests that were refused left no record. So what is newly allowed can only be seen among
/// recorded issuances that the policy in force would deny today.
public interface Replays {

    /// Bounds of `maxDifferences`.
    int MAX_DIFFERENCES = 100_000;

    /// @param candidate to compare with the policy in force
    /// @param issuedFrom included; null: from the first record on
    /// @param issuedBefore not included; null: to now
    /// @param maxDifferences how many are told one by one, 0 to 100,000; the others are counted
    /// @param listener called on this thread; what it throws ends the replay and reaches the caller
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked;
    ///   some differences may have been told before
    /// @throws IllegalArgumentException when `maxDifferences` is out of its bounds
    Summary replay(
            PolicySnapshot candidate,
            @Nullable Instant issuedFrom,
            @Nullable Instant issuedBefore,
            int maxDifferences,
            Listener listener);

    /// Told as it goes.
    interface Listener {

        /// Some times a second, and at the end.
        void progress(Progress progress);

        /// In the order of issuance.
        void difference(Difference difference);
    }

    /// @param replayed records so far
    /// @param reached when the last of them was issued; null: none yet
    /// @param estimatedTotal from the part of the period that is done, as if it were even; equal to
    ///   `replayed` at the end
    record Progress(long replayed, @Nullable Instant reached, long estimatedTotal) {}

    /// What differs between the policy in force and the candidate.
    enum Change {
        /// The candidate denies what the policy in force grants.
        NEWLY_DENIED,
        /// The candidate grants what the policy in force would deny today.
        NEWLY_ALLOWED,
        IDENTITY,
        LIFETIME,
        PROFILE,
        /// The distinguished name.
        SUBJECT,
        KEY_USAGES,
        EXTENDED_KEY_USAGES,
        /// The kinds of key that are accepted; whether the recorded key is among them is not looked
        /// at.
        KEY_TYPES,
        RATE_LIMIT
    }

    /// One recorded issuance that the candidate would have decided otherwise.
    ///
    /// @param changes at least one
    /// @param spiffeId as recorded
    /// @param policyVersion that granted it, as recorded
    /// @param rule that granted it, as recorded
    record Difference(
            Set<Change> changes,
            SerialNumber serialNumber,
            Instant issuedAt,
            String spiffeId,
            String evidenceKind,
            String evidenceSubject,
            String policyVersion,
            String rule,
            Verdict inForce,
            Verdict candidate) {
        public Difference {
            changes = Set.copyOf(changes.isEmpty() ? changes : EnumSet.copyOf(changes));
        }
    }

    /// What one of the two policies says.
    sealed interface Verdict {
        record Granted(
                String spiffeId, Duration lifetime, String profile, String subject, String rule)
                implements Verdict {}

        /// @param reason for the operator
        record Denied(RefusalCode code, String reason) implements Verdict {}
    }

    /// @param replayed records decided by both
    /// @param unchanged the same by both, or denied by both
    /// @param deniedByBoth of these, those that both deny
    /// @param notReproduced those to which the policy in force does not give what was recorded,
    ///   whatever had been requested: it has changed since
    /// @param unreadable records that could not be made a request of; not replayed
    /// @param identity, and so on: how many differ in that
    record Summary(
            long replayed,
            long unchanged,
            long deniedByBoth,
            long newlyDenied,
            long newlyAllowed,
            long identity,
            long lifetime,
            long profile,
            long subject,
            long keyUsages,
            long extendedKeyUsages,
            long keyTypes,
            long rateLimit,
            long notReproduced,
            long unreadable,
            long differencesTold) {}
}
