package dev.signet.ca.attestation;

import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One-time join tokens: made here, used up by the ledger in the commit that records the
/// certificate. Only a token's hash is kept. Thread-safe; every call reads or writes PostgreSQL and
/// blocks, for 5 s at most.
public interface JoinTokens {

    /// Shortest and longest life of a token.
    Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(1);

    Duration MAX_TIME_TO_LIVE = Duration.ofHours(24);

    /// Makes a token of 256 random bits.
    ///
    /// @param timeToLive from [#MIN_TIME_TO_LIVE] to [#MAX_TIME_TO_LIVE]
    /// @param createdBy who asked for it, 1 to 256 characters; kept with the token
    /// @throws IllegalArgumentException when an argument is out of its bounds
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm; no
    ///   token was given out
    CreatedJoinToken create(SpiffeIdPattern pattern, Duration timeToLive, String createdBy);

    /// What is on record for a token, used up or not, expired or not.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Optional<Terms> find(JoinTokenHash hash);

    /// What a token is good for.
    ///
    /// @param pattern the identity it is bound to
    /// @param expiresAt first instant at which it is of no use
    record Terms(SpiffeIdPattern pattern, Instant expiresAt) {}
}
