package dev.signet.benchmarks;

import dev.signet.client.X509Svid;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;

/// Puts revocations on record as the server does, by the database's owner, so that no admin has to
/// log in. Not thread-safe.
final class RevocationLedger implements AutoCloseable {

    private static final String INSERT =
            """
            INSERT INTO revocation.revocation
                (sequence, serial, authority_id, not_after, on_record, reason, comment, actor_kind,
                 actor_subject)
            SELECT greatest(coalesce(max(r.sequence), 0) + 1,
                    floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
                ?, ?, ?, true, 'keyCompromise', 'benchmark', 'benchmark', 'benchmark'
            FROM revocation.revocation r
            """;

    /// Of an hour from now on, random ones.
    private static final String INSERT_MANY =
            """
            INSERT INTO revocation.revocation
                (sequence, serial, authority_id, not_after, on_record, reason, comment, actor_kind,
                 actor_subject)
            SELECT floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint + n,
                decode(to_hex(1073741824 + h.hour) || replace(gen_random_uuid()::text, '-', ''),
                    'hex'),
                repeat('ab', 32), to_timestamp(h.hour * 3600 + 1800), false, 'superseded',
                'benchmark', 'benchmark', 'benchmark'
            FROM generate_series(1, ?) n,
                LATERAL (SELECT floor(extract(epoch FROM now()) / 3600)::bigint + 2 + n % 24 AS hour) h
            """;

    private final Connection connection;

    RevocationLedger(@Nullable String databaseUrl) throws SQLException {
        if (databaseUrl == null) {
            throw new IllegalArgumentException("the server's database is not known");
        }
        connection = DriverManager.getConnection(databaseUrl);
    }

    /// Returns when it is committed.
    void revoke(X509Svid svid) throws SQLException, GeneralSecurityException {
        X509Certificate issuer = svid.chain().get(1);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setBytes(1, svid.leaf().getSerialNumber().toByteArray());
            insert.setString(
                    2,
                    HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256")
                                            .digest(issuer.getEncoded())));
            Instant notAfter = svid.notAfter();
            insert.setObject(3, notAfter.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    void revokeMany(int count) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_MANY)) {
            insert.setInt(1, count);
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
