package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.CertificateSelection.Selected;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Revoking many: looked at first, then done in steps, at a rate, by whichever replica is there. A
/// step's revocations and how far it has come are one commit: after a crash another replica goes on
/// behind the last step. Trusts that the caller has checked who acts. Thread-safe; every call
/// blocks on PostgreSQL and throws [dev.signet.ca.ledger.LedgerUnavailableException] when that did
/// not confirm; what changes something joins the caller's transaction where there is one.
public interface BulkRevocations {

    /// A preview counts no further.
    int COUNTED = 200_000;

    int SAMPLE = 10;
    int MAX_RATE = 10_000;

    /// What would be revoked: of the certificates that are on record now. Takes 10 s at most.
    Preview preview(CertificateSelector selector);

    /// Makes one that begins with [#start]. It revokes what was previewed: certificates that have
    /// expired since are left out, and later ones are not part of it.
    Created create(Order order);

    /// Lets it begin; once more changes nothing.
    ///
    /// @return whether it is still what was previewed; false: it was not started
    boolean startIfUnchanged(UUID id, String token);

    void start(UUID id);

    /// Ends it before the next step; what it has revoked stays revoked.
    Cancelled cancel(UUID id, String reason, Actor actor);

    Optional<Job> find(UUID id);

    /// A page, the youngest first.
    ///
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit or the page token is none
    Page list(int limit, @Nullable String pageToken);

    /// @param nextPageToken null: no further page
    record Page(List<Job> jobs, @Nullable String nextPageToken) {}

    /// @param count at most [#COUNTED]
    /// @param exact false: there are more, or it took too long to count them
    /// @param sample the oldest ones
    /// @param token names what was counted: visible ASCII, at most 128 characters
    /// @param asOf moment by PostgreSQL's clock
    record Preview(long count, boolean exact, List<Selected> sample, String token, Instant asOf) {}

    /// @param token of a preview of this selector
    /// @param rate most revocations a second, 1 to [#MAX_RATE]
    /// @param blocked the identities are blocked in the same transaction: what is issued until all
    ///   replicas know it is part of this, too
    record Order(
            CertificateSelector selector,
            String token,
            RevocationCause cause,
            int rate,
            boolean blocked) {

        /// @throws IllegalArgumentException when the rate is out of its bounds
        public Order {
            if (rate < 1 || rate > MAX_RATE) {
                throw new IllegalArgumentException(
                        "rate: " + rate + " (expected: 1 to " + MAX_RATE + ")");
            }
        }
    }

    /// What came of making one.
    sealed interface Created {
        record Done(Job job) implements Created {}

        /// It is not what was previewed, or the preview is older than an hour.
        record Changed() implements Created {}
    }

    /// What came of cancelling.
    sealed interface Cancelled {
        record Done(Job job) implements Cancelled {}

        /// It is over.
        record Over(Job job) implements Cancelled {}

        record NotFound() implements Cancelled {}
    }

    /// Where a bulk revocation stands.
    enum State {
        /// For a second person.
        WAITING,
        RUNNING,
        DONE,
        CANCELLED
    }

    /// One bulk revocation. Immutable.
    ///
    /// @param issuedBefore no certificate put on record later is part of it
    /// @param expected how many the preview counted
    /// @param exact whether it counted them all
    /// @param by who made it, without address
    /// @param revoked so far
    /// @param lastStepAt null: none was made
    record Job(
            UUID id,
            CertificateSelector selector,
            Instant issuedBefore,
            long expected,
            boolean exact,
            RevocationReason reason,
            String comment,
            int rate,
            Actor by,
            Instant createdAt,
            State state,
            long revoked,
            @Nullable Instant lastStepAt) {}
}
