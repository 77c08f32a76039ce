package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.pkcs11.Pkcs11Token;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Looks at everything that a replica with these settings needs of keys: where key-encryption keys
/// and PIN come from, the token, the database, its clock, and each authority. Reads only, and makes
/// one signature with each key. Says nothing of any secret. Not thread-safe.
public final class KeyExamination {

    private static final String KEK = "key-encryption key";
    private static final String TOKEN = "token";
    private static final String DATABASE = "database";

    private final AuthoritySettings settings;
    private final TrustDomain trustDomain;
    private final CryptoProvider crypto;
    private final Duration maxClockSkew;
    private final InstantSource clock;
    private final UnaryOperator<@Nullable String> environment;
    private final List<KeyFinding> findings = new ArrayList<>();

    /// @param maxClockSkew how far this clock and the database's may be apart
    /// @param environment looks up an environment variable; gives null for one that is not set
    public KeyExamination(
            AuthoritySettings settings,
            TrustDomain trustDomain,
            CryptoProvider crypto,
            Duration maxClockSkew,
            InstantSource clock,
            UnaryOperator<@Nullable String> environment) {
        this.settings = settings;
        this.trustDomain = trustDomain;
        this.crypto = crypto;
        this.maxClockSkew = maxClockSkew;
        this.clock = clock;
        this.environment = environment;
    }

    /// Blocks on files, token and database, within their time-outs. Never throws for what it finds.
    ///
    /// @param database connects to what is on record
    public List<KeyFinding> examine(Supplier<JdbcKeyRecords> database) {
        List<KeyEncryptionKey> held = keyEncryptionKeys();
        new SecretFiles(findings).examine(settings);
        Pkcs11Token token = token();
        try {
            authorities(database, held, token);
        } finally {
            if (token != null) {
                token.close();
            }
        }
        return List.copyOf(findings);
    }

    private List<KeyEncryptionKey> keyEncryptionKeys() {
        List<KeyEncryptionKey> held = new ArrayList<>();
        SecureRandom random = crypto.secureRandom();
        List<KeyEncryptionKeySettings> sources = new ArrayList<>();
        sources.add(settings.keyEncryptionKey());
        sources.addAll(settings.furtherKeyEncryptionKeys());
        for (KeyEncryptionKeySettings source : sources) {
            try {
                KeyEncryptionKey key = KeyEncryptionKey.from(source, environment, random);
                held.add(key);
                findings.add(
                        KeyFinding.pass(
                                KEK,
                                held.size() == 1 ? "current" : "further",
                                source + " has key " + hex(key.check())));
            } catch (IllegalArgumentException e) {
                findings.add(
                        KeyFinding.fail(
                                KEK,
                                "source",
                                String.valueOf(e.getMessage()),
                                "put the key there, or correct the setting"));
            }
        }
        return held;
    }

    private @Nullable Pkcs11Token token() {
        if (!settings.pkcs11().given()) {
            return null;
        }
        try {
            Pkcs11Token token = Pkcs11Token.open(settings.pkcs11(), crypto, environment);
            Optional<String> impediment = token.impediment();
            findings.add(
                    impediment.isEmpty()
                            ? KeyFinding.pass(TOKEN, "reachable", "logged in")
                            : KeyFinding.fail(
                                    TOKEN,
                                    "reachable",
                                    impediment.get(),
                                    "see docs/operating.md, keys in a token"));
            return token;
        } catch (IllegalArgumentException e) {
            findings.add(
                    KeyFinding.fail(
                            TOKEN,
                            "library",
                            String.valueOf(e.getMessage()),
                            "install it, or correct signet.authority.pkcs11.library"));
            return null;
        }
    }

    private void authorities(
            Supplier<JdbcKeyRecords> database,
            List<KeyEncryptionKey> held,
            @Nullable Pkcs11Token token) {
        try {
            JdbcKeyRecords records = database.get();
            List<StoredAuthority> authorities = records.authorities().load().authorities();
            findings.add(
                    KeyFinding.pass(
                            DATABASE, "reachable", authorities.size() + " authorities on record"));
            clock(records.keys());
            examineAll(authorities, held, token, proven(records.keys(), held));
        } catch (RuntimeException e) { // each layer has exceptions of its own
            findings.add(unreadable(e));
        }
    }

    private static KeyFinding unreadable(RuntimeException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return KeyFinding.fail(
                DATABASE,
                "readable",
                root.getClass().getSimpleName() + ": " + root.getMessage(),
                "check signet.database.* and that the server was started with this database");
    }

    private void clock(JdbcKeyStore store) {
        Duration apart = Duration.between(clock.instant(), store.now()).abs();
        String text = apart.toMillis() + " ms apart";
        findings.add(
                apart.compareTo(maxClockSkew) > 0
                        ? KeyFinding.fail(
                                "clock",
                                "database's",
                                text,
                                "set both by NTP: beyond " + maxClockSkew + " nothing is issued")
                        : apart.compareTo(maxClockSkew.dividedBy(3)) > 0
                                ? KeyFinding.warn("clock", "database's", text, "set both by NTP")
                                : KeyFinding.pass("clock", "database's", text));
    }

    /// By authority: whether its key is proven to open with the current key-encryption key.
    private static Map<String, Boolean> proven(JdbcKeyStore store, List<KeyEncryptionKey> held) {
        Map<String, Boolean> proven = new HashMap<>();
        if (held.isEmpty()) {
            return proven;
        }
        String current = hex(held.getFirst().check());
        store.keys()
                .forEach(key -> {
                    KeyRecord.Wrapped wrapped = key.wrapped();
                    if (wrapped != null && hex(wrapped.keyCheck()).equals(current)) {
                        proven.put(key.authorityId(), key.provenAt() != null);
                    }
                });
        return proven;
    }

    private void examineAll(
            List<StoredAuthority> authorities,
            List<KeyEncryptionKey> held,
            @Nullable Pkcs11Token token,
            Map<String, Boolean> proven) {
        if (authorities.isEmpty()) {
            findings.add(
                    KeyFinding.warn(
                            DATABASE,
                            "authorities",
                            "there is none yet",
                            "the first start of a server makes them"));
            return;
        }
        if (authorities.stream().noneMatch(this::signsNow)) {
            findings.add(
                    KeyFinding.fail(
                            DATABASE,
                            "authorities",
                            "no issuing CA is active and valid now: nothing is issued",
                            "prepare and activate one"));
        }
        AuthorityKeys keys =
                held.isEmpty()
                        ? null
                        : new PlacedKeys(
                                KeyPlace.SOFTWARE,
                                new SoftwareKeys(
                                        crypto,
                                        new KeyEncryptionKeys(
                                                held.getFirst(), held.subList(1, held.size()))),
                                token == null ? null : new TokenKeys(token, crypto, trustDomain));
        AuthorityExamination examination =
                new AuthorityExamination(crypto, keys, trustDomain, clock.instant(), findings);
        for (StoredAuthority authority : authorities) {
            examination.examine(authority, authorities);
            if (authority.keys().stream().anyMatch(KeyRecord.Wrapped.class::isInstance)) {
                wrapping(authority, held, proven);
            }
        }
    }

    private boolean signsNow(StoredAuthority authority) {
        return authority.role() == AuthorityRole.ISSUING
                && authority.state() == AuthorityState.ACTIVE
                && new AuthorityCertificate(
                                authority.certificate(), crypto.sha256(authority.certificate()))
                        .validity()
                        .contains(clock.instant());
    }

    private void wrapping(
            StoredAuthority authority, List<KeyEncryptionKey> held, Map<String, Boolean> proven) {
        List<String> checks =
                authority.keys().stream()
                        .filter(KeyRecord.Wrapped.class::isInstance)
                        .map(key -> hex(((KeyRecord.Wrapped) key).keyCheck()))
                        .toList();
        String wrappedWith = "wrapped with " + String.join(", ", checks);
        String current = held.isEmpty() ? "" : hex(held.getFirst().check());
        if (!checks.contains(current)) {
            findings.add(
                    KeyFinding.warn(
                            authority.id(),
                            "wrapping",
                            wrappedWith + ", not with the current key-encryption key",
                            "signet keys rewrap"));
        } else if (checks.size() > 1) {
            findings.add(
                    KeyFinding.warn(
                            authority.id(),
                            "wrapping",
                            wrappedWith
                                    + (Objects.equals(proven.get(authority.id()), true)
                                            ? ""
                                            : ", the current one not proven"),
                            "when every replica has the current one:"
                                    + " SELECT authority.drop_old_wrappings('\\x"
                                    + current
                                    + "')"));
        } else {
            findings.add(KeyFinding.pass(authority.id(), "wrapping", wrappedWith));
        }
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }
}
