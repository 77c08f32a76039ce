package dev.signet.ca.attestation;

import dev.signet.ca.attestation.JoinTokens.JoinTokenRecord;
import dev.signet.ca.attestation.JoinTokens.State;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/// A join token with all that became of it, as one row.
record JdbcJoinTokenRow(
        JoinTokenHash hash,
        SpiffeIdPattern pattern,
        Instant createdAt,
        String createdBy,
        Instant expiresAt,
        @Nullable SerialNumber serialNumber,
        @Nullable Instant usedAt,
        @Nullable Instant revokedAt,
        @Nullable String revokedBy,
        @Nullable String reason) {

    static final String SELECT =
            """
            SELECT
                token.token_hash, token.spiffe_id_pattern, token.created_at, token.created_by,
                token.expires_at, redemption.serial, redemption.redeemed_at,
                revocation.revoked_at, revocation.revoked_by, revocation.reason
            FROM attestation.join_token token
            LEFT JOIN ledger.join_token_redemption redemption
                ON redemption.token_hash = token.token_hash AND redemption.serial IS NOT NULL
            LEFT JOIN attestation.join_token_revocation revocation
                ON revocation.token_hash = token.token_hash
            """;

    /// @param row of [#SELECT]
    static JdbcJoinTokenRow of(ResultSet row) throws SQLException {
        byte[] serial = row.getBytes("serial");
        return new JdbcJoinTokenRow(
                new JoinTokenHash(row.getBytes("token_hash")),
                pattern(row),
                instant(row, "created_at"),
                row.getString("created_by"),
                instant(row, "expires_at"),
                serial == null ? null : SerialNumber.fromOctets(serial).orElseThrow(),
                instantOrNull(row, "redeemed_at"),
                instantOrNull(row, "revoked_at"),
                row.getString("revoked_by"),
                row.getString("reason"));
    }

    static SpiffeIdPattern pattern(ResultSet row) throws SQLException {
        String pattern = row.getString("spiffe_id_pattern");
        return SpiffeIdPattern.parse(pattern)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "attestation.join_token has a row that is no SPIFFE ID pattern: "
                                        + pattern));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    JoinTokenRecord record(Instant now) {
        return new JoinTokenRecord(
                hash.tokenId(),
                pattern,
                createdAt,
                createdBy,
                expiresAt,
                state(now),
                serialNumber,
                usedAt,
                revokedAt,
                revokedBy,
                reason);
    }

    private State state(Instant now) {
        if (serialNumber != null) {
            return State.USED;
        }
        if (revokedAt != null) {
            return State.REVOKED;
        }
        return now.isBefore(expiresAt) ? State.USABLE : State.EXPIRED;
    }
}
