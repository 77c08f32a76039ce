package dev.signet.ca.authority;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/// Makes and opens the private keys of authorities, wherever they live. Thread-safe. May block for
/// as long as what keeps the keys takes, and no longer than its deadline: not for an event loop.
interface AuthorityKeys {

    /// A new key pair, where the settings say that new ones are made. It is on record only when the
    /// authority it was made for is stored with [NewKey#record].
    ///
    /// @throws SigningException when it could not be made
    NewKey generate(KeyType type);

    /// A key pair that was made elsewhere and is brought along: kept wrapped.
    NewKey adopt(KeyType type, PublicKey publicKey, PrivateKey privateKey);

    /// What signs with a stored key. Whether it is the key of the authority's certificate is for
    /// the caller to try.
    ///
    /// @param records each way to the one key
    /// @return empty when this replica can follow none of them
    /// @throws IllegalStateException when a record was changed after it was stored
    Optional<Signer> open(
            String authorityId, AuthorityRole role, KeyType type, List<KeyRecord> records);

    /// The same key for another id: what was kept for a request is kept for the authority that its
    /// certificate makes.
    ///
    /// @return empty when this replica cannot open it
    /// @throws IllegalStateException when the record was changed after it was stored
    Optional<KeyRecord> moved(KeyRecord record, String fromId, String toId, AuthorityRole role);
}
