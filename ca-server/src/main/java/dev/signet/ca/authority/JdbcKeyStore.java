package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Where keys are kept, and who can open them, in PostgreSQL.
final class JdbcKeyStore {

    /// One way to a key, with what is needed to try it.
    ///
    /// @param wrapped null: it is in a token
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredKey(
            String authorityId,
            AuthorityRole role,
            AuthorityState state,
            KeyType keyType,
            byte[] certificate,
            @Nullable String reference,
            KeyRecord.@Nullable Wrapped wrapped,
            Instant since,
            @Nullable Instant provenAt) {}

    private static final String KEYS =
            """
            SELECT a.id, a.role, a.key_type, a.certificate, s.state,
                   k.key_check, k.wrapped_key, k.reference, k.since, o.opened_at
            FROM authority.authority a
            JOIN LATERAL (
                SELECT c.state FROM authority.state_change c
                WHERE c.authority_id = a.id ORDER BY c.sequence DESC LIMIT 1) s ON true
            JOIN (
                SELECT p.authority_id, p.key_check, p.wrapped_key, NULL AS reference, p.wrapped_at AS since
                FROM authority.private_key p
                UNION ALL
                SELECT t.authority_id, NULL, NULL, t.reference, t.recorded_at
                FROM authority.token_key t) k ON k.authority_id = a.id
            LEFT JOIN authority.key_opening o
                ON o.authority_id = k.authority_id AND o.key_check = k.key_check
            ORDER BY a.role, a.not_after, a.id, k.since
            """;

    private static final String WRAPPED =
            """
            SELECT k.wrapped_key FROM authority.private_key k
            WHERE k.authority_id = :id AND k.key_check = :keyCheck
            """;

    private static final String INSERT_WRAPPED =
            """
            INSERT INTO authority.private_key (authority_id, key_check, wrapped_key)
            VALUES (:id, :keyCheck, :wrappedKey)
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_OPENING =
            """
            INSERT INTO authority.key_opening (authority_id, key_check, replica)
            VALUES (:id, :keyCheck, :replica)
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_HOLDING =
            """
            INSERT INTO authority.key_holding (replica, current_check, further_checks)
            VALUES (:replica, :current, :further)
            """;

    private static final String HOLDINGS =
            """
            SELECT DISTINCT ON (h.replica) h.replica, h.current_check, h.further_checks, h.seen_at
            FROM authority.key_holding h
            WHERE h.seen_at > clock_timestamp() - interval '1 hour'
            ORDER BY h.replica, h.sequence DESC
            """;

    private final JdbcClient jdbc;

    JdbcKeyStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /// By the database's clock.
    Instant now() {
        return jdbc.sql("SELECT clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    List<StoredKey> keys() {
        return jdbc.sql(KEYS).query((row, _) -> key(row)).list();
    }

    private static StoredKey key(ResultSet row) throws SQLException {
        byte[] octets = row.getBytes("wrapped_key");
        OffsetDateTime provenAt = row.getObject("opened_at", OffsetDateTime.class);
        return new StoredKey(
                row.getString("id"),
                AuthorityRole.of(row.getString("role")),
                AuthorityState.of(row.getString("state")),
                KeyType.valueOf(row.getString("key_type")),
                row.getBytes("certificate"),
                row.getString("reference"),
                octets == null ? null : new KeyRecord.Wrapped(row.getBytes("key_check"), octets),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                provenAt == null ? null : provenAt.toInstant());
    }

    /// Another replica may have done the same: then its row stays.
    void addWrapping(String authorityId, KeyRecord.Wrapped wrapped) {
        jdbc.sql(INSERT_WRAPPED)
                .param("id", authorityId)
                .param("keyCheck", wrapped.keyCheck())
                .param("wrappedKey", wrapped.octets())
                .update();
    }

    byte[] wrapping(String authorityId, byte[] keyCheck) {
        return jdbc.sql(WRAPPED)
                .param("id", authorityId)
                .param("keyCheck", keyCheck)
                .query((row, _) -> row.getBytes("wrapped_key"))
                .single();
    }

    void addOpening(String authorityId, byte[] keyCheck, String replica) {
        jdbc.sql(INSERT_OPENING)
                .param("id", authorityId)
                .param("keyCheck", keyCheck)
                .param("replica", replica)
                .update();
    }

    void addHolding(String replica, byte[] current, List<byte[]> further) {
        jdbc.sql(INSERT_HOLDING)
                .param("replica", replica)
                .param("current", current)
                .param("further", further.toArray(byte[][]::new))
                .update();
    }

    List<KeyWrappings.Holder> holders() {
        return jdbc.sql(HOLDINGS)
                .query((row, _) ->
                        new KeyWrappings.Holder(
                                row.getString("replica"),
                                HexFormat.of().formatHex(row.getBytes("current_check")),
                                checks(row.getArray("further_checks")),
                                row.getObject("seen_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    private static List<String> checks(Array array) throws SQLException {
        List<String> checks = new ArrayList<>();
        for (Object check : (Object[]) array.getArray()) {
            checks.add(HexFormat.of().formatHex((byte[]) check));
        }
        return checks;
    }
}
