package dev.signet.ca.attestation;

import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.JoinTokenRedemptions;
import dev.signet.ca.ledger.JoinTokenRedemptions.Forbidding;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.RoleNames;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Join tokens in `attestation.join_token` and `attestation.join_token_revocation`; reads
/// `ledger.join_token_redemption` to tell what became of them.
final class JdbcJoinTokens implements JoinTokens {

    private static final int MAX_ACTOR_LENGTH = 256;
    private static final int MAX_REASON_LENGTH = 1024;
    private static final int MAX_KIND_LENGTH = 32;
    private static final int MAX_SUBJECT_LENGTH = 2048;

    private static final String INSERT =
            """
            INSERT INTO attestation.join_token
                (token_hash, spiffe_id_pattern, expires_at, created_at, created_by,
                 creator_kind, creator_subject, creator_roles, creator_origins)
            SELECT token_hash, :spiffeIdPattern, :expiresAt, :createdAt, :createdBy,
                :kind, :subject, :roles, :origins
            FROM unnest(:tokenHashes) AS batch (token_hash)
            """;

    private static final String SELECT_TERMS =
            """
            SELECT token.spiffe_id_pattern, token.expires_at, revocation.revoked_at,
                token.creator_kind, token.creator_subject, token.creator_roles,
                token.creator_origins
            FROM attestation.join_token token
            LEFT JOIN attestation.join_token_revocation revocation USING (token_hash)
            WHERE token.token_hash = :tokenHash
            """;

    private static final String USED_FOR =
            """
            WHERE token.spiffe_id_pattern IN (:exact, :wildcard) AND redemption.serial IS NOT NULL
            ORDER BY token.created_at DESC
            LIMIT :limit
            """;

    private static final String OF_ID = "WHERE token.token_hash BETWEEN :first AND :last LIMIT 2";

    private static final String INSERT_REVOCATION =
            """
            INSERT INTO attestation.join_token_revocation (token_hash, revoked_by, reason)
            VALUES (:tokenHash, :revokedBy, :reason)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final JoinTokenRedemptions redemptions;
    private final SecureRandom random;
    private final InstantSource clock;

    /// @param jdbc whose statements and connections end within 5 s
    JdbcJoinTokens(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JoinTokenRedemptions redemptions,
            SecureRandom random,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.redemptions = redemptions;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public List<CreatedJoinToken> createMany(
            SpiffeIdPattern pattern, Duration timeToLive, Principal creator, int count) {
        if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0
                || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
            throw new IllegalArgumentException(
                    "time to live is " + timeToLive + " (expected: 1 s to 24 h)");
        }
        requireText("creator's kind", creator.kind(), MAX_KIND_LENGTH);
        requireText("creator's subject", creator.subject(), MAX_SUBJECT_LENGTH);
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException(
                    "count is " + count + " (expected: 1 to " + MAX_COUNT + ")");
        }
        // PostgreSQL keeps microseconds: the caller is told what is on record.
        Instant createdAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant expiresAt = createdAt.plus(timeToLive);
        List<CreatedJoinToken> created = new ArrayList<>(count);
        byte[][] hashes = new byte[count][];
        for (int i = 0; i < count; i++) {
            String secret = JoinTokenSecret.make(random);
            JoinTokenHash hash = JoinTokenSecret.hash(secret).orElseThrow();
            hashes[i] = hash.octets();
            created.add(new CreatedJoinToken(secret, hash.tokenId(), expiresAt));
        }
        try {
            jdbc.sql(INSERT)
                    .param("tokenHashes", hashes)
                    .param("spiffeIdPattern", pattern.toString())
                    .param("expiresAt", utc(expiresAt))
                    .param("createdAt", utc(createdAt))
                    .param("createdBy", name(creator))
                    .param("kind", creator.kind())
                    .param("subject", creator.subject())
                    .param("roles", RoleNames.of(creator.roles()))
                    .param("origins", creator.origins().toArray(String[]::new))
                    .update();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token could not be put on record", e);
        }
        return List.copyOf(created);
    }

    @Override
    public Optional<Terms> find(JoinTokenHash hash) {
        try {
            return jdbc.sql(SELECT_TERMS)
                    .param("tokenHash", hash.octets())
                    .query((row, _) -> terms(row))
                    .optional();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token could not be looked up", e);
        }
    }

    @Override
    public Optional<JoinTokenRecord> find(String tokenId) {
        try {
            return row(tokenId).map(row -> row.record(clock.instant()));
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token could not be looked up", e);
        }
    }

    private Optional<JdbcJoinTokenRow> row(String tokenId) {
        Optional<byte[]> prefix = JoinTokenHash.prefix(tokenId);
        if (prefix.isEmpty()) {
            return Optional.empty();
        }
        List<JdbcJoinTokenRow> rows =
                jdbc.sql(JdbcJoinTokenRow.SELECT + OF_ID)
                        .param("first", JoinTokenHash.first(prefix.get()).octets())
                        .param("last", JoinTokenHash.last(prefix.get()).octets())
                        .query((row, _) -> JdbcJoinTokenRow.of(row))
                        .list();
        if (rows.size() > 1) {
            throw new IllegalStateException(
                    "two join tokens have the id " + tokenId + ": the randomness is broken");
        }
        return rows.stream().findFirst();
    }

    @Override
    public Page list(@Nullable State state, int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit is " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        Instant now = clock.instant();
        JoinTokenPage begin = pageToken == null ? null : JoinTokenPage.parse(pageToken);
        StringBuilder sql = new StringBuilder(JdbcJoinTokenRow.SELECT).append("WHERE true ");
        if (state != null) {
            sql.append(condition(state));
        }
        if (begin != null) {
            // Newest first, and by ascending hash among those of one moment.
            sql.append(
                    """
                    AND token.created_at <= :createdAt
                    AND (token.created_at < :createdAt OR token.token_hash > :tokenHash)
                    """);
        }
        sql.append("ORDER BY token.created_at DESC, token.token_hash LIMIT :limit");
        JdbcClient.StatementSpec statement = jdbc.sql(sql.toString()).param("limit", limit + 1);
        if (state == State.USABLE || state == State.EXPIRED) {
            statement = statement.param("now", utc(now));
        }
        if (state == State.USABLE) {
            statement = statement.param("oldest", utc(now.minus(MAX_TIME_TO_LIVE)));
        }
        if (begin != null) {
            statement =
                    statement
                            .param("createdAt", utc(begin.createdAt()))
                            .param("tokenHash", begin.hash().octets());
        }
        List<JdbcJoinTokenRow> rows;
        try {
            rows = statement.query((row, _) -> JdbcJoinTokenRow.of(row)).list();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join tokens could not be listed", e);
        }
        boolean more = rows.size() > limit;
        List<JdbcJoinTokenRow> shown = more ? rows.subList(0, limit) : rows;
        return new Page(
                shown.stream().map(row -> row.record(now)).toList(),
                more
                        ? new JoinTokenPage(shown.getLast().createdAt(), shown.getLast().hash())
                                .text()
                        : null);
    }

    @Override
    public List<JoinTokenRecord> usedFor(SpiffeId id) {
        String text = id.toString();
        Instant now = clock.instant();
        try {
            return jdbc.sql(JdbcJoinTokenRow.SELECT + USED_FOR)
                    .param("exact", text)
                    .param("wildcard", text.substring(0, text.lastIndexOf('/') + 1) + "*")
                    .param("limit", MAX_LIMIT)
                    .query((row, _) -> JdbcJoinTokenRow.of(row).record(now))
                    .list();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join tokens could not be listed", e);
        }
    }

    private static String condition(State state) {
        return switch (state) {
            case USED -> "AND redemption.serial IS NOT NULL ";
            case REVOKED -> "AND redemption.serial IS NULL AND revocation.revoked_at IS NOT NULL ";
            case EXPIRED ->
                    """
                    AND redemption.serial IS NULL AND revocation.revoked_at IS NULL
                    AND token.expires_at <= :now
                    """;
            // The second bound says nothing new, but the index knows it.
            case USABLE ->
                    """
                    AND redemption.serial IS NULL AND revocation.revoked_at IS NULL
                    AND token.expires_at > :now AND token.created_at > :oldest
                    """;
        };
    }

    @Override
    public Revocation revoke(String tokenId, String revokedBy, String reason) {
        requireText("revokedBy", revokedBy, MAX_ACTOR_LENGTH);
        requireText("reason", reason, MAX_REASON_LENGTH);
        try {
            Revocation revocation =
                    transactions.execute(_ -> revokeNow(tokenId, revokedBy, reason));
            if (revocation == null) {
                throw new IllegalStateException("the transaction gave nothing back");
            }
            return revocation;
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("The join token could not be revoked", e);
        }
    }

    private Revocation revokeNow(String tokenId, String revokedBy, String reason) {
        Optional<JdbcJoinTokenRow> row = row(tokenId);
        if (row.isEmpty()) {
            return new Revocation.NotFound();
        }
        JoinTokenHash hash = row.get().hash();
        return switch (redemptions.forbid(hash)) {
            case Forbidding.AlreadyRedeemed(SerialNumber serialNumber) ->
                    new Revocation.AlreadyUsed(serialNumber);
            case Forbidding.AlreadyForbidden() -> new Revocation.AlreadyRevoked();
            case Forbidding.Forbidden() -> {
                jdbc.sql(INSERT_REVOCATION)
                        .param("tokenHash", hash.octets())
                        .param("revokedBy", revokedBy)
                        .param("reason", reason)
                        .update();
                yield new Revocation.Revoked();
            }
        };
    }

    private static void requireText(String name, String text, int most) {
        if (text.isEmpty() || text.length() > most) {
            throw new IllegalArgumentException(name + " is not 1 to " + most + " characters");
        }
    }

    private static Terms terms(ResultSet row) throws SQLException {
        return new Terms(
                JdbcJoinTokenRow.pattern(row),
                JdbcJoinTokenRow.instant(row, "expires_at"),
                JdbcJoinTokenRow.instantOrNull(row, "revoked_at"),
                JdbcJoinTokenRow.creator(row));
    }

    /// For people.
    private static String name(Principal creator) {
        return PrintableText.of(creator.text(), MAX_ACTOR_LENGTH);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
