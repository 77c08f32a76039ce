package dev.signet.ca.attestation;

import dev.signet.ca.attestation.JoinTokens.JoinTokenRecord;
import dev.signet.ca.attestation.JoinTokens.State;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.RoleNames;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;

/// A join token with all that became of it, as one row.
record JdbcJoinTokenRow(
        JoinTokenHash hash,
        SpiffeIdPattern pattern,
        Instant createdAt,
        String createdBy,
        @Nullable Principal creator,
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
                token.creator_kind, token.creator_subject, token.creator_roles,
                token.creator_origins, token.expires_at, redemption.serial, redemption.redeemed_at,
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
                creator(row),
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

    /// @return null where a server of a release before this wrote the row
    static @Nullable Principal creator(ResultSet row) throws SQLException {
        String kind = row.getString("creator_kind");
        String subject = row.getString("creator_subject");
        return kind == null || subject == null
                ? null
                : new Principal(
                        kind,
                        subject,
                        RoleNames.read(texts(row.getArray("creator_roles"))),
                        texts(row.getArray("creator_origins")));
    }

    private static Set<String> texts(@Nullable Array texts) throws SQLException {
        return texts == null ? Set.of() : Set.of((String[]) texts.getArray());
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
                creator,
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
