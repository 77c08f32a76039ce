package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// Revoking, one certificate at a time, and look-up of what is revoked. Trusts that the caller has
/// checked who acts. Thread-safe; every call blocks on PostgreSQL, for 5 s at most a statement, and
/// throws [dev.signet.ca.ledger.LedgerUnavailableException] when that did not confirm.
///
/// What revokes joins the caller's transaction where there is one: it is done when that commits and
/// not before. Until then it keeps others from revoking, for sequences are given in the order of
/// commits: revoke late in a transaction, and end that soon. This replica observes the revocation
/// from the commit on, the others when they are signalled, or half a second later. Revoking twice
/// changes nothing and says so.
public interface Revocations {

    /// Revokes a certificate that is in the ledger.
    Outcome revoke(SerialNumber serialNumber, RevocationCause cause);

    /// Revokes by serial number alone what the ledger does not have: the certificate of an
    /// authority, or one whose record was lost when PostgreSQL was put back to an earlier moment.
    /// Never [Outcome.NotOnRecord]. The serial number is one of this CA's form, whose first four
    /// octets say the hour in which it expires; a certificate whose serial number has another form
    /// (an imported authority's) cannot be revoked here and has to leave the trust bundle.
    ///
    /// @param authorityId id of the authority that issued it
    /// @param notAfter last second of its validity; null: the last one of that hour
    /// @param spiffeId null: not known
    /// @throws IllegalArgumentException when notAfter is not in that hour
    Outcome revokeUnrecorded(
            SerialNumber serialNumber,
            String authorityId,
            @Nullable Instant notAfter,
            @Nullable String spiffeId,
            RevocationCause cause);

    Optional<Revocation> find(SerialNumber serialNumber);

    /// Those of the given ones that are revoked.
    ///
    /// @param serialNumbers at most 1,000
    Map<SerialNumber, Revocation> find(Collection<SerialNumber> serialNumbers);

    /// A page of revocations, the youngest first.
    ///
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit or the page token is none
    Page list(Criteria criteria, int limit, @Nullable String pageToken);

    /// Gives every revocation that fits, the oldest first. Memory stays the same however many there
    /// are. What the consumer throws ends the stream and reaches the caller.
    void stream(Criteria criteria, Consumer<Revocation> consumer);

    /// What came of it.
    sealed interface Outcome {
        record Revoked(Revocation revocation) implements Outcome {}

        /// It was revoked before; nothing has changed, the reason neither.
        record AlreadyRevoked(Revocation revocation) implements Outcome {}

        /// The ledger has no certificate of this serial number.
        record NotOnRecord() implements Outcome {}

        /// Nobody accepts it any more; it was not revoked.
        record Expired(Instant notAfter) implements Outcome {}
    }

    /// @param nextPageToken null: no further page
    record Page(List<Revocation> revocations, @Nullable String nextPageToken) {}

    /// What to look for; each that is not null must hold. Immutable.
    ///
    /// @param spiffeIdPrefix octets that the SPIFFE ID begins with, no wildcards
    /// @param revokedFrom included
    /// @param revokedBefore not included
    record Criteria(
            @Nullable SerialNumber serialNumber,
            @Nullable String authorityId,
            @Nullable String spiffeIdPrefix,
            @Nullable RevocationReason reason,
            @Nullable UUID jobId,
            @Nullable String actorSubject,
            @Nullable Instant revokedFrom,
            @Nullable Instant revokedBefore) {

        public static final Criteria ANY =
                new Criteria(null, null, null, null, null, null, null, null);
    }
}
