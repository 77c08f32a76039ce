package dev.signet.ca.attestation;

import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Join tokens in `attestation.join_token`.
final class JdbcJoinTokens implements JoinTokens {

    private static final int MAX_CREATED_BY_LENGTH = 256;

    private static final String INSERT =
            """
            INSERT INTO attestation.join_token
                (token_hash, spiffe_id_pattern, expires_at, created_at, created_by)
            VALUES (:tokenHash, :spiffeIdPattern, :expiresAt, :createdAt, :createdBy)
            """;

    private static final String SELECT =
            """
            SELECT spiffe_id_pattern, expires_at
            FROM attestation.join_token
            WHERE token_hash = :tokenHash
            """;

    private final JdbcClient jdbc;
    private final SecureRandom random;
    private final InstantSource clock;

    /// @param jdbc whose statements and connections end within 5 s
    JdbcJoinTokens(JdbcClient jdbc, SecureRandom random, InstantSource clock) {
        this.jdbc = jdbc;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public CreatedJoinToken create(SpiffeIdPattern pattern, Duration timeToLive, String createdBy) {
        if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0
                || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
            throw new IllegalArgumentException(
                    "time to live is " + timeToLive + " (expected: 1 s to 24 h)");
        }
        if (createdBy.isEmpty() || createdBy.length() > MAX_CREATED_BY_LENGTH) {
            throw new IllegalArgumentException("createdBy is not 1 to 256 characters");
        }
        String secret = JoinTokenSecret.make(random);
        JoinTokenHash hash = JoinTokenSecret.hash(secret).orElseThrow();
        // PostgreSQL keeps microseconds: the caller is told what is on record.
        Instant createdAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant expiresAt = createdAt.plus(timeToLive);
        try {
            jdbc.sql(INSERT)
                    .param("tokenHash", hash.octets())
                    .param("spiffeIdPattern", pattern.toString())
                    .param("expiresAt", utc(expiresAt))
                    .param("createdAt", utc(createdAt))
                    .param("createdBy", createdBy)
                    .update();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token could not be put on record", e);
        }
        return new CreatedJoinToken(secret, hash.tokenId(), expiresAt);
    }

    @Override
    public Optional<Terms> find(JoinTokenHash hash) {
        try {
            return jdbc.sql(SELECT)
                    .param("tokenHash", hash.octets())
                    .query((row, _) -> terms(row))
                    .optional();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token could not be looked up", e);
        }
    }

    private static Terms terms(ResultSet row) throws SQLException {
        String pattern = row.getString("spiffe_id_pattern");
        return new Terms(
                SpiffeIdPattern.parse(pattern)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "attestation.join_token has a row that is no"
                                                + " SPIFFE ID pattern: "
                                                + pattern)),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
