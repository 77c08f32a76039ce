package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The authorities on record, the same for all replicas. Rows are only ever added. Thread-safe;
/// blocks on the database, within its timeouts.
interface AuthorityStore {

    /// All authorities as of one moment.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    Content load();

    /// Stores the first authorities, root before issuing CA, all active, unless there are any.
    /// Replicas that call this at once agree: exactly one of them gets true.
    ///
    /// @return whether these were stored; false: others are there already
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; the
    ///   authorities may have been stored nevertheless: load again
    boolean createFirst(List<NewAuthority> authorities);

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
    /// @param keys each way to its private key; empty where this CA does not have it
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredAuthority(
            String id,
            AuthorityRole role,
            AuthorityState state,
            @Nullable String issuerId,
            String trustDomain,
            KeyType keyType,
            byte[] certificate,
            List<KeyRecord> keys) {
        public StoredAuthority {
            keys = List.copyOf(keys);
        }

        StoredAuthority withKeys(List<KeyRecord> found) {
            return new StoredAuthority(
                    id, role, state, issuerId, trustDomain, keyType, certificate, found);
        }
    }

    /// An authority to store.
    ///
    /// @param issuerId null for a root
    /// @param trustDomain name
    record NewAuthority(
            AuthorityCertificate certificate,
            AuthorityRole role,
            @Nullable String issuerId,
            String trustDomain,
            KeyType keyType,
            KeyRecord key) {}
}
