package dev.signet.ca.authority;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/// How the private keys of the authorities are kept, and their move to another key-encryption key.
/// Keys are told apart by their checks: 16 octets, lower-case hexadecimal, which tell nothing of
/// the key. Thread-safe; blocks on the database, within its timeouts.
public interface KeyWrappings {

    /// Check of the key that this replica wraps with.
    String currentCheck();

    /// All that is on record, by authority.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    List<Kept> kept();

    /// What each replica of the last hour said last.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    List<Holder> holders();

    /// Wraps each key that is not wrapped with the current key-encryption key with it, beside the
    /// old wrapping, reads it back, opens it, and proves by a signature that it is the key of its
    /// certificate. All or, where one is refused or fails, none: in the caller's transaction if it
    /// has begun one. Doing it again does nothing more.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    /// @throws IllegalStateException when what is stored is damaged
    Rewrapping rewrap();

    /// Where one authority's key is.
    ///
    /// @param authorityId whose
    /// @param role of the authority
    /// @param state of the authority
    /// @param token RFC 7512 reference; null: it is wrapped
    /// @param keyCheck which key-encryption key opens it; null: it is in a token
    /// @param opensHere whether this replica has that key-encryption key, or the token, now
    /// @param since when this was recorded
    /// @param provenAt when a replica last proved that this wrapping opens; null: not yet
    record Kept(
            String authorityId,
            String role,
            String state,
            @Nullable String token,
            @Nullable String keyCheck,
            boolean opensHere,
            Instant since,
            @Nullable Instant provenAt) {}

    /// Which key-encryption keys a replica has.
    record Holder(String replica, String currentCheck, List<String> furtherChecks, Instant seenAt) {
        public Holder {
            furtherChecks = List.copyOf(furtherChecks);
        }
    }

    /// What became of it.
    sealed interface Rewrapping {

        /// @param rewrapped ids of authorities whose key got a new wrapping now
        /// @param unchanged how many had it before
        record Done(List<String> rewrapped, int unchanged) implements Rewrapping {
            public Done {
                rewrapped = List.copyOf(rewrapped);
            }
        }

        /// CONFLICT: this replica lacks a key-encryption key that it takes.
        record Refused(Refusal refusal) implements Rewrapping {}
    }
}
