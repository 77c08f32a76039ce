package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.TokenKeyReference;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// Certification requests in PostgreSQL, table `authority.request`. Under the lock of
/// [AuthorityStore].
final class JdbcAuthorityRequests {

    private static final String INSERT =
            """
            INSERT INTO authority.request
                (id, trust_domain, key_type, request, key_check, wrapped_key, reference, reason)
            VALUES (:id, :trustDomain, :keyType, :request, :keyCheck, :wrappedKey, :reference, :reason)
            """;

    private static final String OPEN =
            """
            SELECT r.id, r.key_type, r.request, r.key_check, r.wrapped_key, r.reference
            FROM authority.request r
            WHERE r.trust_domain = :trustDomain
              AND NOT EXISTS (SELECT FROM authority.request_end e WHERE e.request_id = r.id)
            ORDER BY r.requested_at DESC
            LIMIT 1000
            """;

    private static final String LATELY =
            """
            SELECT count(*) FROM authority.request r
            WHERE r.requested_at > clock_timestamp() - interval '1 day'
              AND NOT EXISTS (SELECT FROM authority.request_end e WHERE e.request_id = r.id)
            """;

    private static final String END =
            """
            INSERT INTO authority.request_end (request_id, authority_id, reason)
            VALUES (:id, :authorityId, :reason)
            """;

    private final JdbcClient jdbc;

    JdbcAuthorityRequests(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /// A request whose certificate has not come yet.
    ///
    /// @param request PKCS#10, DER
    /// @param key bound to the request's id
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Open(String id, KeyType keyType, byte[] request, KeyRecord key) {}

    void add(Open made, String trustDomain, String reason) {
        byte[] keyCheck = null;
        byte[] wrappedKey = null;
        String reference = null;
        switch (made.key()) {
            case KeyRecord.Wrapped(byte[] check, byte[] octets) -> {
                keyCheck = check;
                wrappedKey = octets;
            }
            case KeyRecord.InToken(TokenKeyReference place) -> reference = place.toString();
        }
        jdbc.sql(INSERT)
                .param("id", made.id())
                .param("trustDomain", trustDomain)
                .param("keyType", made.keyType().name())
                .param("request", made.request())
                .param("keyCheck", keyCheck, java.sql.Types.BINARY)
                .param("wrappedKey", wrappedKey, java.sql.Types.BINARY)
                .param("reference", reference, java.sql.Types.VARCHAR)
                .param("reason", reason)
                .update();
    }

    /// The youngest first.
    List<Open> open(String trustDomain) {
        return jdbc.sql(OPEN)
                .param("trustDomain", trustDomain)
                .query((row, _) ->
                        new Open(
                                row.getString("id"),
                                KeyType.valueOf(row.getString("key_type")),
                                row.getBytes("request"),
                                key(row)))
                .list();
    }

    private static KeyRecord key(ResultSet row) throws SQLException {
        @Nullable String reference = row.getString("reference");
        return reference == null
                ? new KeyRecord.Wrapped(row.getBytes("key_check"), row.getBytes("wrapped_key"))
                : new KeyRecord.InToken(TokenKeyReference.parse(reference));
    }

    /// How many of the last day are open.
    long openOfTheLastDay() {
        return jdbc.sql(LATELY).query(Long.class).single();
    }

    void end(String id, String authorityId, String reason) {
        jdbc.sql(END)
                .param("id", id)
                .param("authorityId", authorityId)
                .param("reason", reason)
                .update();
    }
}
