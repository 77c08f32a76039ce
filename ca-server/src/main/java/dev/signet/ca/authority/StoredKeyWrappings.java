package dev.signet.ca.authority;

import dev.signet.ca.authority.JdbcKeyStore.StoredKey;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.pkcs11.TokenKeyReference;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Key wrappings on record. Thread-safe.
final class StoredKeyWrappings implements KeyWrappings {

    private static final Logger log = LoggerFactory.getLogger(StoredKeyWrappings.class);

    private final JdbcKeyStore store;
    private final TransactionOperations transactions;
    private final KeyEncryptionKeys keyEncryptionKeys;
    private final AuthorityKeys keys;
    private final KeyProof proof;
    private final String replica;

    /// @param transactions joins the caller's transaction, or begins one
    StoredKeyWrappings(
            JdbcKeyStore store,
            TransactionOperations transactions,
            KeyEncryptionKeys keyEncryptionKeys,
            AuthorityKeys keys,
            CryptoProvider crypto,
            String replica) {
        this.store = store;
        this.transactions = transactions;
        this.keyEncryptionKeys = keyEncryptionKeys;
        this.keys = keys;
        this.proof = new KeyProof(crypto);
        this.replica = replica;
    }

    @Override
    public String currentCheck() {
        return HexFormat.of().formatHex(keyEncryptionKeys.current().check());
    }

    @Override
    public List<Kept> kept() {
        return store.keys().stream().map(this::kept).toList();
    }

    private Kept kept(StoredKey key) {
        KeyRecord.Wrapped wrapped = key.wrapped();
        return new Kept(
                key.authorityId(),
                key.role().text(),
                key.state().text(),
                key.reference(),
                wrapped == null ? null : HexFormat.of().formatHex(wrapped.keyCheck()),
                wrapped == null
                        ? tokenIsHere(key)
                        : keyEncryptionKeys.of(wrapped.keyCheck()).isPresent(),
                key.since(),
                key.provenAt());
    }

    private boolean tokenIsHere(StoredKey key) {
        try {
            return keys.open(
                            key.authorityId(),
                            key.role(),
                            key.keyType(),
                            List.of(
                                    new KeyRecord.InToken(
                                            TokenKeyReference.parse(
                                                    String.valueOf(key.reference())))))
                    .filter(signer -> signer.impediment().isEmpty())
                    .isPresent();
        } catch (IllegalStateException _) {
            return false; // this server has no token
        }
    }

    @Override
    public List<Holder> holders() {
        return store.holders();
    }

    /// Tells the others which key-encryption keys this replica has.
    void tellHolding() {
        store.addHolding(
                replica, keyEncryptionKeys.current().check(), keyEncryptionKeys.furtherChecks());
    }

    @Override
    public Rewrapping rewrap() {
        return Objects.requireNonNull(transactions.execute(_ -> rewrapAll()));
    }

    private Rewrapping rewrapAll() {
        Map<String, List<StoredKey>> ways = new LinkedHashMap<>();
        for (StoredKey key : store.keys()) {
            if (key.wrapped() != null) {
                ways.computeIfAbsent(key.authorityId(), _ -> new ArrayList<>()).add(key);
            }
        }
        // Looked at before anything is written: whoever refuses, refuses all.
        for (List<StoredKey> of : ways.values()) {
            if (of.stream().noneMatch(key -> opening(key).isPresent())) {
                return new Rewrapping.Refused(unknownKey(of.getFirst()));
            }
        }
        List<String> rewrapped = new ArrayList<>();
        int unchanged = 0;
        for (List<StoredKey> of : ways.values()) {
            StoredKey any = of.getFirst();
            if (of.stream().anyMatch(this::isCurrent)) {
                unchanged++;
            } else {
                wrap(of.stream().filter(key -> opening(key).isPresent()).findFirst().orElseThrow());
                rewrapped.add(any.authorityId());
            }
            prove(any);
        }
        log.info(
                "{} keys wrapped anew with key-encryption key {}, {} were before",
                rewrapped.size(),
                currentCheck(),
                unchanged);
        return new Rewrapping.Done(rewrapped, unchanged);
    }

    private boolean isCurrent(StoredKey key) {
        KeyRecord.Wrapped wrapped = key.wrapped();
        return wrapped != null
                && Arrays.equals(wrapped.keyCheck(), keyEncryptionKeys.current().check());
    }

    private Optional<KeyEncryptionKey> opening(StoredKey key) {
        KeyRecord.Wrapped wrapped = key.wrapped();
        return wrapped == null ? Optional.empty() : keyEncryptionKeys.of(wrapped.keyCheck());
    }

    private void wrap(StoredKey key) {
        byte[] octets = Objects.requireNonNull(key.wrapped()).octets();
        byte[] encoded = opening(key).orElseThrow().unwrap(octets, key.authorityId(), key.role());
        try {
            KeyEncryptionKey current = keyEncryptionKeys.current();
            store.addWrapping(
                    key.authorityId(),
                    new KeyRecord.Wrapped(
                            current.check(), current.wrap(encoded, key.authorityId(), key.role())));
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /// Reads back what is stored, not what was to be stored.
    private void prove(StoredKey key) {
        byte[] check = keyEncryptionKeys.current().check();
        KeyRecord.Wrapped stored =
                new KeyRecord.Wrapped(check, store.wrapping(key.authorityId(), check));
        Signer signer =
                keys.open(key.authorityId(), key.role(), key.keyType(), List.of(stored))
                        .orElseThrow();
        proof.require(key.certificate(), key.keyType(), signer);
        store.addOpening(key.authorityId(), check, replica);
    }

    private Refusal unknownKey(StoredKey key) {
        return Refusal.of(
                RefusalCode.CONFLICT,
                "This server has no key-encryption key that opens the private key of authority "
                        + key.authorityId()
                        + ": it is wrapped with "
                        + HexFormat.of().formatHex(Objects.requireNonNull(key.wrapped()).keyCheck())
                        + ". Add that one to signet.authority.further-key-encryption-keys.");
    }
}
