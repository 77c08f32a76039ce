package dev.signet.ca.admin;

import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.audit.Actor;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What an admin may change, each act with its audit event in one commit; joins the caller's
/// transaction where there is one. Trusts that the edge has checked who acts and whether that role
/// may; checks everything else. Reasons have 1 to 1,024 characters, or the act is refused with
/// INVALID_ARGUMENT. Thread-safe; every call blocks on PostgreSQL, for 5 s at most.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not confirm.
public interface AdminActs {

    /// Makes one-time join tokens. Their secrets are in this outcome and nowhere else.
    ///
    /// @param timeToLive whole seconds, 1 s to 24 h; null: 10 min
    /// @param count 1 to 1,000
    ActOutcome<List<CreatedJoinToken>> createJoinTokens(
            Actor actor,
            String spiffeIdPattern,
            @Nullable Duration timeToLive,
            int count,
            String reason);

    /// Refused: NOT_FOUND; CONFLICT when it was used, revoked or has expired.
    ///
    /// @return the token's id
    ActOutcome<String> revokeJoinToken(Actor actor, String tokenId, String reason);

    /// A token for `spiffe://TD/signet/operator/bootstrap`, by which the first admin gets a client
    /// certificate; empty once an admin has logged in. Ends after 24 h; each start makes another.
    Optional<CreatedJoinToken> createBootstrapToken();

    /// Remembers that there is an admin: no bootstrap token is made any more. Cheap after the first
    /// time.
    void adminLoggedIn(Actor actor);

    /// Stores a version that is checked and not in force. Refused: POLICY_NOT_ACCEPTED.
    ///
    /// @return its number
    ActOutcome<Long> createPolicy(Actor actor, String document, String reason);

    /// Puts a version in force on all replicas. Refused: NOT_FOUND, PRECONDITION_FAILED, CONFLICT.
    ///
    /// @param number 0: the built-in default
    /// @param expected the activation that the actor has seen in force, as its ETag says; null: any
    /// @return the number in force
    ActOutcome<Long> activatePolicy(
            Actor actor, long number, @Nullable String expected, String reason);

    /// Puts in force what was before the present activation. Refused as [#activatePolicy].
    ActOutcome<Long> rollbackPolicy(Actor actor, @Nullable String expected, String reason);

    /// Stops issuance on all replicas. Refused: PRECONDITION_FAILED, CONFLICT when it is suspended.
    ///
    /// @param expected the state that the actor has seen, as its ETag says; null: any
    /// @return the new ETag
    ActOutcome<String> suspend(Actor actor, @Nullable String expected, String reason);

    /// Lets it go on. Refused: PRECONDITION_FAILED, CONFLICT when it is not suspended.
    ActOutcome<String> resume(Actor actor, @Nullable String expected, String reason);
}
