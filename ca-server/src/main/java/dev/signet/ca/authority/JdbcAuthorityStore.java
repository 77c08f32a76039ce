package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.TokenKeyReference;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Authorities in PostgreSQL, schema `authority`.
final class JdbcAuthorityStore implements AuthorityStore {

    /// Taken by whoever changes authorities, in any replica.
    private static final long ADVISORY_LOCK = 3_907_152_288_401_226_519L;

    private static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '20s'";
    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    private static final String LOAD =
            """
            SELECT a.id, a.role, a.issuer_id, a.trust_domain, a.key_type, a.certificate,
                   s.state, s.sequence
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
                (id, role, issuer_id, trust_domain, key_type, certificate, not_before, not_after)
            VALUES (:id, :role, :issuerId, :trustDomain, :keyType, :certificate, :notBefore, :notAfter)
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
                KeyType.valueOf(row.getString("key_type")),
                row.getBytes("certificate"),
                keys);
    }

    @Override
    public boolean createFirst(List<NewAuthority> authorities) {
        Boolean created =
                transactions.execute(_ -> {
                    jdbc.sql(LIMIT_WAIT).update();
                    jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
                    if (jdbc.sql(EXISTS).query(Boolean.class).single()) {
                        return false;
                    }
                    authorities.forEach(this::insert);
                    return true;
                });
        return Boolean.TRUE.equals(created);
    }

    private void insert(NewAuthority authority) {
        AuthorityCertificate certificate = authority.certificate();
        jdbc.sql(INSERT_AUTHORITY)
                .param("id", certificate.id())
                .param("role", authority.role().text())
                .param("issuerId", authority.issuerId())
                .param("trustDomain", authority.trustDomain())
                .param("keyType", authority.keyType().name())
                .param("certificate", certificate.der())
                .param("notBefore", certificate.validity().notBefore().atOffset(ZoneOffset.UTC))
                .param("notAfter", certificate.validity().notAfter().atOffset(ZoneOffset.UTC))
                .update();
        insertKey(certificate.id(), authority.key());
        jdbc.sql(INSERT_STATE)
                .param("id", certificate.id())
                .param("state", AuthorityState.ACTIVE.text())
                .param("reason", "first authority of an empty database")
                .update();
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
