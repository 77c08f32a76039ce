package dev.signet.ca.authority;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// Authorities in PostgreSQL, schema `authority`.
final class JdbcAuthorityStore implements AuthorityStore {

    /// Taken by whoever changes authorities, in any replica.
    private static final long ADVISORY_LOCK = 3_907_152_288_401_226_519L;

    private static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '20s'";
    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    private static final String LOAD =
            """
            SELECT a.id, a.role, a.issuer_id, a.trust_domain, a.key_type, a.certificate,
                   s.state, s.sequence, k.wrapped_key
            FROM authority.authority a
            JOIN LATERAL (
                SELECT c.state, c.sequence FROM authority.state_change c
                WHERE c.authority_id = a.id ORDER BY c.sequence DESC LIMIT 1) s ON true
            LEFT JOIN authority.private_key k
                ON k.authority_id = a.id AND a.role = 'issuing' AND k.key_check = :keyCheck
            ORDER BY s.sequence
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
    public Content load(byte[] keyCheck) {
        List<StoredAuthority> authorities = new ArrayList<>();
        long[] generation = {0};
        jdbc.sql(LOAD)
                .param("keyCheck", keyCheck)
                .query(row -> {
                    authorities.add(stored(row));
                    generation[0] = Math.max(generation[0], row.getLong("sequence"));
                });
        return new Content(generation[0], authorities);
    }

    private static StoredAuthority stored(ResultSet row) throws SQLException {
        return new StoredAuthority(
                row.getString("id"),
                AuthorityRole.of(row.getString("role")),
                AuthorityState.of(row.getString("state")),
                row.getString("issuer_id"),
                row.getString("trust_domain"),
                KeyType.valueOf(row.getString("key_type")),
                row.getBytes("certificate"),
                row.getBytes("wrapped_key"));
    }

    @Override
    public boolean createFirst(List<NewAuthority> authorities, byte[] keyCheck) {
        Boolean created =
                transactions.execute(_ -> {
                    jdbc.sql(LIMIT_WAIT).update();
                    jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
                    if (jdbc.sql(EXISTS).query(Boolean.class).single()) {
                        return false;
                    }
                    authorities.forEach(authority -> insert(authority, keyCheck));
                    return true;
                });
        return Boolean.TRUE.equals(created);
    }

    private void insert(NewAuthority authority, byte[] keyCheck) {
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
        jdbc.sql(INSERT_KEY)
                .param("id", certificate.id())
                .param("keyCheck", keyCheck)
                .param("wrappedKey", authority.wrappedKey())
                .update();
        jdbc.sql(INSERT_STATE)
                .param("id", certificate.id())
                .param("state", AuthorityState.ACTIVE.text())
                .param("reason", "first authority of an empty database")
                .update();
    }
}
