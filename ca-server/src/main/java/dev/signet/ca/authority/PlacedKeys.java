package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/// Keys wrapped in the database and, where there is one, in a token; new ones where the settings
/// say. Thread-safe.
final class PlacedKeys implements AuthorityKeys {

    private final KeyPlace newKeys;
    private final SoftwareKeys software;
    private final @Nullable TokenKeys token;

    /// @param token null: this server has none
    /// @throws IllegalArgumentException when new keys are to be made in a token that there is not
    PlacedKeys(KeyPlace newKeys, SoftwareKeys software, @Nullable TokenKeys token) {
        if (newKeys == KeyPlace.PKCS11 && token == null) {
            throw new IllegalArgumentException(
                    "signet.authority.new-keys is PKCS11 and there is no token (expected: "
                            + "signet.authority.pkcs11.library)");
        }
        this.newKeys = newKeys;
        this.software = software;
        this.token = token;
    }

    @Override
    public NewKey generate(KeyType type) {
        return switch (newKeys) {
            case SOFTWARE -> software.generate(type);
            case PKCS11 -> requiredToken("new keys").generate(type);
        };
    }

    @Override
    public NewKey adopt(KeyType type, PublicKey publicKey, PrivateKey privateKey) {
        return software.adopt(type, publicKey, privateKey);
    }

    @Override
    public Optional<Signer> open(
            String authorityId, AuthorityRole role, KeyType type, List<KeyRecord> records) {
        for (KeyRecord record : records) {
            if (record instanceof KeyRecord.InToken(var reference)) {
                return Optional.of(
                        requiredToken("the key of authority " + authorityId)
                                .signer(type, reference));
            }
        }
        return software.open(authorityId, role, type, records);
    }

    @Override
    public Optional<KeyRecord> moved(
            KeyRecord record, String fromId, String toId, AuthorityRole role) {
        return switch (record) {
            case KeyRecord.Wrapped _ -> software.moved(record, fromId, toId, role);
            // It stays where it is, and is not bound to an id there.
            case KeyRecord.InToken _ -> Optional.of(record);
        };
    }

    private TokenKeys requiredToken(String what) {
        if (token == null) {
            throw new IllegalStateException(
                    "a token keeps "
                            + what
                            + ", and this server is told of none; set"
                            + " signet.authority.pkcs11.library and what belongs to it");
        }
        return token;
    }
}
