package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The authorities on record, the same for all replicas. Rows are only ever added. Thread-safe;
/// blocks on the database, within its timeouts.
interface AuthorityStore {

    /// All authorities as of one moment.
    ///
    /// @param keyCheck which key-encryption key the wrapped keys are wanted for
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    Content load(byte[] keyCheck);

    /// Stores the first authorities, root before issuing CA, all active, unless there are any.
    /// Replicas that call this at once agree: exactly one of them gets true.
    ///
    /// @return whether these were stored; false: others are there already
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; the
    ///   authorities may have been stored nevertheless: load again
    boolean createFirst(List<NewAuthority> authorities, byte[] keyCheck);

    /// @param generation grows with each change; 0 when there is no authority
    record Content(long generation, List<StoredAuthority> authorities) {
        public Content {
            authorities = List.copyOf(authorities);
        }
    }

    /// An authority as stored.
    ///
    /// @param issuerId null for a root
    /// @param certificate DER
    /// @param wrappedKey null for a root, whose key is not needed, and where there is none for the
    ///   key-encryption key asked for
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredAuthority(
            String id,
            AuthorityRole role,
            AuthorityState state,
            @Nullable String issuerId,
            String trustDomain,
            KeyType keyType,
            byte[] certificate,
            byte @Nullable [] wrappedKey) {}

    /// An authority to store.
    ///
    /// @param issuerId null for a root
    /// @param trustDomain name
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record NewAuthority(
            AuthorityCertificate certificate,
            AuthorityRole role,
            @Nullable String issuerId,
            String trustDomain,
            KeyType keyType,
            byte[] wrappedKey) {}
}
