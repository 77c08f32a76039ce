package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.TokenKeyReference;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Authorities in PostgreSQL, schema `authority`.
final class JdbcAuthorityStore implements AuthorityStore {

    /// Taken by whoever changes authorities, in any replica.
    private static final long ADVISORY_LOCK = 3_907_152_288_401_226_519L;

    private static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '20s'";
    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    private static final String LOAD =
            """
            SELECT a.id, a.role, a.issuer_id, a.trust_domain, a.key_type, a.origin,
                   a.certificate, s.state, s.sequence
            FROM authority.authority a
            JOIN LATERAL (
                SELECT c.state, c.sequence FROM authority.state_change c
                WHERE c.authority_id = a.id ORDER BY c.sequence DESC LIMIT 1) s ON true
            ORDER BY s.sequence
            """;

    /// Read after the authorities: an authority and its key are stored in one commit, so that the
    /// key of each authority seen is there.
    private static final String LOAD_KEYS =
            """
            SELECT k.authority_id, k.key_check, k.wrapped_key, NULL AS reference, k.wrapped_at AS since
            FROM authority.private_key k
            UNION ALL
            SELECT t.authority_id, NULL, NULL, t.reference, t.recorded_at
            FROM authority.token_key t
            ORDER BY authority_id, since, key_check
            """;

    private static final String EXISTS = "SELECT EXISTS (SELECT FROM authority.authority)";

    private static final String INSERT_AUTHORITY =
            """
            INSERT INTO authority.authority
                (id, role, issuer_id, trust_domain, key_type, origin, certificate,
                 not_before, not_after)
            VALUES (:id, :role, :issuerId, :trustDomain, :keyType, :origin, :certificate,
                :notBefore, :notAfter)
            """;

    private static final String INSERT_KEY =
            """
            INSERT INTO authority.private_key (authority_id, key_check, wrapped_key)
            VALUES (:id, :keyCheck, :wrappedKey)
            """;

    private static final String INSERT_TOKEN_KEY =
            """
            INSERT INTO authority.token_key (authority_id, reference)
            VALUES (:id, :reference)
            """;

    private static final String INSERT_STATE =
            """
            INSERT INTO authority.state_change (authority_id, state, reason)
            VALUES (:id, :state, :reason)
            """;

    /// A replica that still knew it as active may commit what it signed a moment later.
    private static final String HAS_SIGNED =
            """
            SELECT EXISTS (
                SELECT FROM ledger.certificate l
                WHERE l.authority_id = :id
                  AND l.issued_at >= (
                      SELECT min(c.changed_at) - interval '1 minute'
                      FROM authority.state_change c WHERE c.authority_id = :id))
            """;

    private static final String REPLACED_BY =
            """
            SELECT c.authority_id
            FROM authority.state_change c JOIN authority.authority a ON a.id = c.authority_id
            WHERE a.role = 'issuing' AND c.state = 'retired' AND c.authority_id <> :id
              AND c.sequence < (
                  SELECT max(o.sequence) FROM authority.state_change o
                  WHERE o.authority_id = :id AND o.state = 'active')
            ORDER BY c.sequence DESC
            LIMIT 1
            """;

    private static final String OTHER_KEY_TYPE = "OTHER";

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    JdbcAuthorityStore(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Override
    public Content load() {
        List<StoredAuthority> authorities = new ArrayList<>();
        long[] generation = {0};
        jdbc.sql(LOAD)
                .query(row -> {
                    authorities.add(stored(row, List.of()));
                    generation[0] = Math.max(generation[0], row.getLong("sequence"));
                });
        Map<String, List<KeyRecord>> keys = new HashMap<>();
        jdbc.sql(LOAD_KEYS)
                .query(row -> {
                    keys.computeIfAbsent(row.getString("authority_id"), _ -> new ArrayList<>())
                            .add(keyRecord(row));
                });
        authorities.replaceAll(
                authority -> authority.withKeys(keys.getOrDefault(authority.id(), List.of())));
        return new Content(generation[0], authorities);
    }

    private static KeyRecord keyRecord(ResultSet row) throws SQLException {
        String reference = row.getString("reference");
        return reference == null
                ? new KeyRecord.Wrapped(row.getBytes("key_check"), row.getBytes("wrapped_key"))
                : new KeyRecord.InToken(TokenKeyReference.parse(reference));
    }

    private static StoredAuthority stored(ResultSet row, List<KeyRecord> keys) throws SQLException {
        return new StoredAuthority(
                row.getString("id"),
                AuthorityRole.of(row.getString("role")),
                AuthorityState.of(row.getString("state")),
                row.getString("issuer_id"),
                row.getString("trust_domain"),
                keyType(row.getString("key_type")),
                row.getString("origin").equals("foreign"),
                row.getBytes("certificate"),
                keys);
    }

    private static @Nullable KeyType keyType(String text) {
        return text.equals(OTHER_KEY_TYPE) ? null : KeyType.valueOf(text);
    }

    @Override
    public boolean createFirst(List<NewAuthority> authorities) {
        Boolean created =
                transactions.execute(_ -> {
                    lock();
                    if (jdbc.sql(EXISTS).query(Boolean.class).single()) {
                        return false;
                    }
                    for (NewAuthority authority : authorities) {
                        add(
                                authority,
                                AuthorityState.ACTIVE,
                                "first authority of an empty database");
                    }
                    return true;
                });
        return Boolean.TRUE.equals(created);
    }

    @Override
    public void lock() {
        jdbc.sql(LIMIT_WAIT).update();
        jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
    }

    @Override
    public void change(String id, AuthorityState state, String reason) {
        jdbc.sql(INSERT_STATE)
                .param("id", id)
                .param("state", state.text())
                .param("reason", reason)
                .update();
    }

    @Override
    public boolean hasSigned(String id) {
        return jdbc.sql(HAS_SIGNED).param("id", id).query(Boolean.class).single();
    }

    @Override
    public Optional<String> replacedBy(String issuingId) {
        return jdbc.sql(REPLACED_BY).param("id", issuingId).query(String.class).optional();
    }

    @Override
    public void add(NewAuthority authority, AuthorityState state, String reason) {
        KeyType keyType = authority.keyType();
        KeyRecord key = authority.key();
        AuthorityCertificate certificate = authority.certificate();
        jdbc.sql(INSERT_AUTHORITY)
                .param("id", certificate.id())
                .param("role", authority.role().text())
                .param("issuerId", authority.issuerId())
                .param("trustDomain", authority.trustDomain())
                .param("keyType", keyType == null ? OTHER_KEY_TYPE : keyType.name())
                .param("origin", authority.foreign() ? "foreign" : "own")
                .param("certificate", certificate.der())
                .param("notBefore", certificate.validity().notBefore().atOffset(ZoneOffset.UTC))
                .param("notAfter", certificate.validity().notAfter().atOffset(ZoneOffset.UTC))
                .update();
        if (key != null) {
            insertKey(certificate.id(), key);
        }
        change(certificate.id(), state, reason);
    }

    @Override
    public void addKey(String id, KeyRecord key) {
        insertKey(id, key);
    }

    private void insertKey(String authorityId, KeyRecord key) {
        switch (key) {
            case KeyRecord.Wrapped(byte[] keyCheck, byte[] octets) ->
                    jdbc.sql(INSERT_KEY)
                            .param("id", authorityId)
                            .param("keyCheck", keyCheck)
                            .param("wrappedKey", octets)
                            .update();
            case KeyRecord.InToken(TokenKeyReference reference) ->
                    jdbc.sql(INSERT_TOKEN_KEY)
                            .param("id", authorityId)
                            .param("reference", reference.toString())
                            .update();
        }
    }
}
