package dev.signet.ca.ledger;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;

/// Replacements as `ledger.certificate` shows them.
final class JdbcReplacements implements Replacements {

    private static final int MAX_LIMIT = 1000;

    /// For each identity in the scope: all its certificates, those replaced, those expired.
    private static final String BY_IDENTITY =
            """
            WITH named AS MATERIALIZED (
                SELECT encode(serial, 'hex') AS serial, spiffe_id, not_after
                FROM ledger.certificate
                WHERE not_after >= :since AND issued_at < :since
                  AND (cardinality(:authorityIds::text[]) = 0
                       OR authority_id = ANY (:authorityIds::text[]))
                  AND starts_with(spiffe_id, :prefix)
            ), successor AS MATERIALIZED (
                SELECT attributes::json ->> 'certificate.serial-number' AS replaced,
                       min(issued_at) AS at
                FROM ledger.certificate
                WHERE not_after >= :since AND evidence_kind = 'current-certificate'
                GROUP BY 1
            ), state AS MATERIALIZED (
                SELECT n.spiffe_id, n.not_after, s.at
                FROM named n LEFT JOIN successor s ON s.replaced = n.serial
                WHERE s.at IS NULL OR s.at >= :since
            ), unlinked AS MATERIALIZED (
                SELECT spiffe_id, count(*) AS certificates
                FROM ledger.certificate
                WHERE not_after >= :since AND issued_at >= :since
                  AND evidence_kind <> 'current-certificate'
                  AND starts_with(spiffe_id, :prefix)
                GROUP BY 1
            ), by_identity AS (
                SELECT spiffe_id,
                       count(*) AS certificates,
                       count(*) FILTER (WHERE at IS NOT NULL)
                           + least(count(*) FILTER (WHERE at IS NULL AND not_after >= :now),
                                   coalesce(max(u.certificates), 0)) AS replaced,
                       count(*) FILTER (WHERE at IS NULL AND not_after < :now) AS expired
                FROM state LEFT JOIN unlinked u USING (spiffe_id)
                GROUP BY 1
            )
            """;

    private static final String COUNT =
            BY_IDENTITY
                    + """
                    SELECT coalesce(sum(certificates), 0) AS certificates,
                           coalesce(sum(replaced), 0) AS replaced,
                           coalesce(sum(expired), 0) AS expired,
                           count(*) AS identities,
                           count(*) FILTER (WHERE certificates > replaced + expired) AS identities_left
                    FROM by_identity
                    """;

    private static final String LEFT =
            BY_IDENTITY
                    + """
                    SELECT spiffe_id, certificates - replaced - expired AS certificates
                    FROM by_identity
                    WHERE certificates > replaced + expired
                    ORDER BY spiffe_id
                    LIMIT :limit
                    """;

    private final JdbcClient jdbc;

    JdbcReplacements(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Count count(Scope scope, Instant since, Instant now) {
        return ask(() ->
                statement(COUNT, scope, since, now)
                        .query((row, _) ->
                                new Count(
                                        row.getLong("certificates"),
                                        row.getLong("replaced"),
                                        row.getLong("expired"),
                                        row.getLong("identities"),
                                        row.getLong("identities_left")))
                        .single());
    }

    @Override
    public List<Left> left(Scope scope, Instant since, Instant now, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        return ask(() ->
                statement(LEFT, scope, since, now)
                        .param("limit", limit)
                        .query((row, _) ->
                                new Left(row.getString("spiffe_id"), row.getLong("certificates")))
                        .list());
    }

    private JdbcClient.StatementSpec statement(
            String sql, Scope scope, Instant since, Instant now) {
        return jdbc.sql(sql)
                .param("authorityIds", scope.authorityIds().toArray(String[]::new))
                .param("prefix", scope.spiffeIdPrefix())
                .param("since", since.atOffset(ZoneOffset.UTC))
                .param("now", now.atOffset(ZoneOffset.UTC));
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("replacements could not be counted", e);
        }
    }
}
