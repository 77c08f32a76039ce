package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

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

    /// Makes this transaction the only one that changes authorities, until it ends. To be called
    /// within one, before anything is read that a change is decided on.
    void lock();

    /// Stores an authority in its first state. Under [#lock].
    void add(NewAuthority authority, AuthorityState state, String reason);

    /// Adds the key of an authority on record that has none. Under [#lock].
    void addKey(String id, KeyRecord key);

    /// Under [#lock]; the state must follow the present one.
    ///
    /// @throws org.springframework.dao.DataIntegrityViolationException when it does not
    void change(String id, AuthorityState state, String reason);

    /// Whether the ledger has a certificate that it signed since it was first activated.
    boolean hasSigned(String id);

    /// What the issuing CA that was activated last has replaced: the one that was retired with that
    /// activation.
    Optional<String> replacedBy(String issuingId);

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
    /// @param keyType null: of a kind that this CA makes none of
    /// @param foreign whether another CA wrote the certificate
    /// @param keys each way to its private key; empty where this CA does not have it
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredAuthority(
            String id,
            AuthorityRole role,
            AuthorityState state,
            @Nullable String issuerId,
            String trustDomain,
            @Nullable KeyType keyType,
            boolean foreign,
            byte[] certificate,
            List<KeyRecord> keys) {
        public StoredAuthority {
            keys = List.copyOf(keys);
        }

        StoredAuthority withKeys(List<KeyRecord> found) {
            return new StoredAuthority(
                    id, role, state, issuerId, trustDomain, keyType, foreign, certificate, found);
        }
    }

    /// An authority to store.
    ///
    /// @param issuerId null for a root
    /// @param trustDomain name
    /// @param keyType null: of a kind that this CA makes none of
    /// @param foreign whether another CA wrote the certificate
    /// @param key null: it is not here
    record NewAuthority(
            AuthorityCertificate certificate,
            AuthorityRole role,
            @Nullable String issuerId,
            String trustDomain,
            @Nullable KeyType keyType,
            boolean foreign,
            @Nullable KeyRecord key) {}
}
