package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Keys in this process's memory, stored wrapped. Thread-safe.
final class SoftwareKeys implements AuthorityKeys {

    private final CryptoProvider crypto;
    private final KeyEncryptionKeys keyEncryptionKeys;

    SoftwareKeys(CryptoProvider crypto, KeyEncryptionKeys keyEncryptionKeys) {
        this.crypto = crypto;
        this.keyEncryptionKeys = keyEncryptionKeys;
    }

    @Override
    public NewKey generate(KeyType type) {
        KeyPair pair = type.generate(crypto);
        return adopt(type, pair.getPublic(), pair.getPrivate());
    }

    @Override
    public NewKey adopt(KeyType type, PublicKey publicKey, PrivateKey privateKey) {
        return new SoftwareKey(type, publicKey, privateKey);
    }

    @Override
    public Optional<Signer> open(
            String authorityId, AuthorityRole role, KeyType type, List<KeyRecord> records) {
        for (KeyRecord record : records) {
            switch (record) {
                case KeyRecord.Wrapped(byte[] keyCheck, byte[] octets) -> {
                    Optional<KeyEncryptionKey> opens = keyEncryptionKeys.of(keyCheck);
                    if (opens.isPresent()) {
                        byte[] encoded = opens.get().unwrap(octets, authorityId, role);
                        return Optional.of(signer(type, privateKey(authorityId, type, encoded)));
                    }
                }
                case KeyRecord.InToken _ -> {
                    // Not kept here.
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<KeyRecord> moved(
            KeyRecord record, String fromId, String toId, AuthorityRole role) {
        return switch (record) {
            case KeyRecord.Wrapped(byte[] keyCheck, byte[] octets) ->
                    keyEncryptionKeys
                            .of(keyCheck)
                            .map(opens -> wrapped(opens.unwrap(octets, fromId, role), toId, role));
            case KeyRecord.InToken _ -> Optional.empty();
        };
    }

    /// @param encoded PKCS#8; cleared here
    private KeyRecord wrapped(byte[] encoded, String authorityId, AuthorityRole role) {
        try {
            KeyEncryptionKey current = keyEncryptionKeys.current();
            return new KeyRecord.Wrapped(current.check(), current.wrap(encoded, authorityId, role));
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /// @param encoded PKCS#8; cleared here
    private PrivateKey privateKey(String authorityId, KeyType type, byte[] encoded) {
        try {
            return crypto.keyFactory(type.jcaName())
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "private key of authority " + authorityId + " is not readable", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private Signer signer(KeyType type, PrivateKey key) {
        return new SoftwareSigner(type.algorithm(), key, crypto);
    }

    private final class SoftwareKey implements NewKey {

        private final KeyType type;
        private final PublicKey publicKey;
        private final PrivateKey privateKey;
        private final Signer signer;

        SoftwareKey(KeyType type, PublicKey publicKey, PrivateKey privateKey) {
            this.type = type;
            this.publicKey = publicKey;
            this.privateKey = privateKey;
            this.signer = SoftwareKeys.this.signer(type, privateKey);
        }

        @Override
        public KeyType type() {
            return type;
        }

        @Override
        public PublicKey publicKey() {
            return publicKey;
        }

        @Override
        public Signer signer() {
            return signer;
        }

        /// Wraps the private key and clears the encoding in between.
        @Override
        public KeyRecord record(String authorityId, AuthorityRole role) {
            return wrapped(privateKey.getEncoded(), authorityId, role);
        }

        @Override
        public void discard() {
            // Nothing of it is kept anywhere.
        }

        @Override
        public String toString() {
            return "SoftwareKey[" + type + "]";
        }
    }
}
