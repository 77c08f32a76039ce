package dev.signet.ca.federation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/// Which trust domains this one federates with. Thread-safe; blocks on the database, within its
/// timeouts.
public interface Relationships {

    /// Octets of a bundle and of PEM certificates.
    int MAX_OCTETS = 1024 * 1024;

    /// All there are now, by trust domain.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    List<Known> all();

    /// Establishes one, in the caller's transaction if it has begun one. An existing one is not
    /// changed: end it first.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    Change add(Wanted wanted, Actor by, String reason);

    /// Ends one: what it brought is not used any more.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    Change remove(TrustDomain trustDomain, Actor by, String reason);

    /// What somebody wants, not judged yet.
    ///
    /// @param initialBundle JSON
    /// @param webRoots PEM
    record Wanted(
            String trustDomain,
            EndpointProfile profile,
            String url,
            @Nullable String endpointId,
            @Nullable String initialBundle,
            @Nullable String webRoots) {}

    /// One, and how it goes.
    ///
    /// @param bundle in use; null: none was accepted yet
    /// @param lastPull how the last one ended; null: none did yet
    record Known(Relationship relationship, @Nullable Accepted bundle, @Nullable Pull lastPull) {}

    /// A bundle in use.
    ///
    /// @param spiffeSequence as the other side numbers it; null: it does not
    /// @param certificates how many CA certificates
    record Accepted(@Nullable Long spiffeSequence, int certificates, Instant at) {}

    /// How a pull ended.
    ///
    /// @param outcome accepted, unchanged, refused, unreachable
    /// @param detail why, for the operator
    /// @param replica who pulled
    record Pull(String outcome, String detail, String replica, Instant at) {}

    /// What became of it.
    sealed interface Change {

        record Done(Relationship relationship) implements Change {}

        /// INVALID_ARGUMENT, CONFLICT or NOT_FOUND.
        record Refused(Refusal refusal) implements Change {}
    }
}
