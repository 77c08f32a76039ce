package dev.signet.ca.attestation;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.privilege.Principal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One-time join tokens: made here, used up by the ledger in the commit that records the
/// certificate, taken back here. Only a token's hash is kept. Thread-safe; every call reads or
/// writes PostgreSQL and blocks, for 5 s at most. Writes join the caller's transaction where there
/// is one; what they say holds with its commit.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not answer or
/// confirm; a token that was being made was not given out then.
public interface JoinTokens {

    /// Shortest and longest life of a token.
    Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(1);

    Duration MAX_TIME_TO_LIVE = Duration.ofHours(24);

    /// Most tokens that one call makes.
    int MAX_COUNT = 1_000;

    /// Most tokens of a page.
    int MAX_LIMIT = 1_000;

    /// Makes one token; as [#createMany].
    default CreatedJoinToken create(
            SpiffeIdPattern pattern, Duration timeToLive, Principal creator) {
        return createMany(pattern, timeToLive, creator, 1).getFirst();
    }

    /// Makes tokens of 256 random bits each, all or none.
    ///
    /// @param timeToLive from [#MIN_TIME_TO_LIVE] to [#MAX_TIME_TO_LIVE]
    /// @param creator who asked for them; kept with each: what a token is good for depends on the
    ///   roles that its creator held
    /// @param count 1 to [#MAX_COUNT]
    /// @throws IllegalArgumentException when an argument is out of its bounds
    List<CreatedJoinToken> createMany(
            SpiffeIdPattern pattern, Duration timeToLive, Principal creator, int count);

    /// What is on record for a token, used up or not, expired or not.
    Optional<Terms> find(JoinTokenHash hash);

    /// What is on record under a token's public name; empty for a text that is none, too.
    Optional<JoinTokenRecord> find(String tokenId);

    /// Tokens that gave a certificate and were made for this ID or a pattern that it matches, the
    /// newest first, [#MAX_LIMIT] at most.
    List<JoinTokenRecord> usedFor(SpiffeId id);

    /// Tokens on record, the newest first.
    ///
    /// @param state null: any
    /// @param limit 1 to [#MAX_LIMIT]
    /// @param pageToken of the page before; null: begin
    /// @throws IllegalArgumentException when the limit is out of bounds or the page token is not
    ///   one that this method gave
    Page list(@Nullable State state, int limit, @Nullable String pageToken);

    /// Takes a token back: it gives no certificate any more, on any replica. Of a revocation and a
    /// redemption that race exactly one happens. One that has expired may be revoked as well.
    ///
    /// @param revokedBy who asks, 1 to 256 characters
    /// @param reason why, 1 to 1,024 characters
    /// @throws IllegalArgumentException when an argument is out of its bounds
    Revocation revoke(String tokenId, String revokedBy, String reason);

    /// What a token is good for.
    ///
    /// @param pattern the identity it is bound to
    /// @param expiresAt first instant at which it is of no use
    /// @param revokedAt when it was taken back; null: it was not
    /// @param creator with the roles held then; null: a server of a release before this kept none
    record Terms(
            SpiffeIdPattern pattern,
            Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable Principal creator) {}

    /// A token is in the first of these states that fits.
    enum State {
        /// It gave its certificate.
        USED,
        /// It was taken back before it was used.
        REVOKED,
        /// Its time is over, by this server's clock.
        EXPIRED,
        /// It can still give its certificate.
        USABLE
    }

    /// All that is on record for a token; no secret.
    ///
    /// @param tokenId public name, 16 hexadecimal digits
    /// @param createdBy the creator for people: kind and subject, shortened
    /// @param creator with roles and origins of then; null: a server of a release before this kept
    ///   none
    /// @param serialNumber of the certificate that it gave; null: none
    /// @param usedAt when it gave it; null: it did not
    /// @param revokedAt when it was taken back; null: it was not, and so are the next two
    record JoinTokenRecord(
            String tokenId,
            SpiffeIdPattern pattern,
            Instant createdAt,
            String createdBy,
            @Nullable Principal creator,
            Instant expiresAt,
            State state,
            @Nullable SerialNumber serialNumber,
            @Nullable Instant usedAt,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,
            @Nullable String revocationReason) {}

    /// @param nextPageToken null: this is the last page
    record Page(List<JoinTokenRecord> tokens, @Nullable String nextPageToken) {
        public Page {
            tokens = List.copyOf(tokens);
        }
    }

    /// What [#revoke] came to.
    sealed interface Revocation {
        record Revoked() implements Revocation {}

        /// @param serialNumber of the certificate that it gave
        record AlreadyUsed(SerialNumber serialNumber) implements Revocation {}

        record AlreadyRevoked() implements Revocation {}

        record NotFound() implements Revocation {}
    }
}
