package dev.signet.ca.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// How many certificates were replaced by newer ones since a moment. Thread-safe; every call reads
/// PostgreSQL and blocks, for 5 s at most; each throws [LedgerUnavailableException] when PostgreSQL
/// cannot be asked.
///
/// A certificate counts as replaced when a renewal was proved by it. Where its holder proved itself
/// by something else, as by a token, nothing on record links the two: then each newer certificate
/// of the same identity replaces one.
public interface Replacements {

    /// @param scope which certificates
    /// @param since certificates issued earlier than this, still valid then, and not replaced by
    ///   then, are looked at
    /// @param now which of them have expired
    Count count(Scope scope, Instant since, Instant now);

    /// Identities that hold certificates which are neither replaced nor expired, in the order of
    /// their SPIFFE IDs.
    ///
    /// @param limit 1 to 1,000
    List<Left> left(Scope scope, Instant since, Instant now, int limit);

    /// @param authorityIds issued by one of these; empty: by any
    /// @param spiffeIdPrefix octets that the SPIFFE ID begins with; empty: any
    record Scope(Set<String> authorityIds, String spiffeIdPrefix) {
        public Scope {
            authorityIds = Set.copyOf(authorityIds);
        }
    }

    /// @param certificates all that are looked at
    /// @param replaced by newer ones since
    /// @param expired without having been replaced
    /// @param identities that hold the certificates looked at
    /// @param identitiesLeft of them, that hold some which are neither replaced nor expired
    record Count(
            long certificates, long replaced, long expired, long identities, long identitiesLeft) {

        /// Neither replaced nor expired.
        public long left() {
            return certificates - replaced - expired;
        }
    }

    /// @param certificates neither replaced nor expired
    record Left(String spiffeId, long certificates) {}
}
