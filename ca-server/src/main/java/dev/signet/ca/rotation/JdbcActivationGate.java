package dev.signet.ca.rotation;

import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The gate over `ledger.certificate`, `revocation.revocation`, `trust.bundle` and
/// `trust.acknowledgement`: one question over all live certificates, which no port of their
/// packages could answer without handing over each row.
final class JdbcActivationGate implements ActivationGate {

    /// So many stragglers are read at a time.
    private static final int PAGE = 1_000;

    /// From the last version on that lacks it.
    private static final String VERSION =
            """
            SELECT coalesce(min(b.version), 0)
            FROM trust.bundle b
            WHERE b.trust_domain = :trustDomain
              AND position((SELECT a.certificate FROM authority.authority a WHERE a.id = :rootId)
                  IN b.x509_authorities) > 0
              AND b.version > (
                  SELECT coalesce(max(l.version), 0) FROM trust.bundle l
                  WHERE l.trust_domain = :trustDomain
                    AND position((SELECT a.certificate FROM authority.authority a
                                  WHERE a.id = :rootId) IN l.x509_authorities) = 0)
            """;

    /// An identity has acknowledged when somebody spoke for it, and nobody said less.
    private static final String IDENTITIES =
            """
            WITH live AS (
                SELECT c.spiffe_id, c.serial
                FROM ledger.certificate c
                WHERE c.not_after >= statement_timestamp()
                  AND c.evidence_kind <> 'server'
                  AND c.spiffe_id <> :trustDomainId
                  AND NOT starts_with(c.spiffe_id, :operators)
                  AND NOT EXISTS (
                      SELECT FROM revocation.revocation r WHERE r.serial = c.serial)
            ), stated AS (
                SELECT a.serial, max(a.version) AS version
                FROM trust.acknowledgement a
                WHERE a.not_after >= statement_timestamp()
                GROUP BY a.serial
            ), identity AS (
                SELECT l.spiffe_id, count(*) AS certificates, count(s.version) AS heard,
                    min(s.version) AS version
                FROM live l LEFT JOIN stated s ON s.serial = l.serial
                GROUP BY l.spiffe_id
            )
            """;

    private static final String COUNT =
            IDENTITIES
                    + """
                    SELECT count(*) AS identities,
                        count(*) FILTER (WHERE i.version >= :version) AS acknowledged
                    FROM identity i
                    """;

    private static final String STRAGGLERS =
            IDENTITIES
                    + """
                    SELECT i.spiffe_id, i.certificates, i.heard, i.version
                    FROM identity i
                    WHERE (i.version IS NULL OR i.version < :version) AND i.spiffe_id > :after
                    ORDER BY i.spiffe_id
                    LIMIT :limit
                    """;

    private final JdbcClient jdbc;
    private final KnownAuthorities authorities;
    private final TrustDomain trustDomain;
    private final double requiredShare;

    JdbcActivationGate(
            JdbcClient jdbc,
            KnownAuthorities authorities,
            TrustDomain trustDomain,
            double requiredShare) {
        this.jdbc = jdbc;
        this.authorities = authorities;
        this.trustDomain = trustDomain;
        this.requiredShare = requiredShare;
    }

    @Override
    public Optional<Readiness> readiness(String authorityId, int mostStragglers) {
        return root(authorityId).map(root -> readiness(authorityId, root, mostStragglers));
    }

    private Readiness readiness(String authorityId, AuthorityDescription root, int most) {
        // The root of what signs now: whoever verifies anything knows it.
        boolean known = root.state().equals("active");
        return ask(() -> {
            long version = version(root);
            long[] counts = known ? new long[2] : counts(version);
            return new Readiness(
                    authorityId,
                    root.id(),
                    known,
                    version,
                    counts[0],
                    counts[1],
                    requiredShare,
                    known || most == 0 ? List.of() : stragglers(version, "", most));
        });
    }

    @Override
    public boolean forEachStraggler(String authorityId, Consumer<Straggler> consumer) {
        Optional<AuthorityDescription> root = root(authorityId);
        if (root.isEmpty()) {
            return false;
        }
        if (root.get().state().equals("active")) {
            return true;
        }
        long version = ask(() -> version(root.get()));
        String after = "";
        while (true) {
            String from = after;
            List<Straggler> page = ask(() -> stragglers(version, from, PAGE));
            page.forEach(consumer);
            if (page.size() < PAGE) {
                return true;
            }
            after = page.getLast().spiffeId();
        }
    }

    private Optional<AuthorityDescription> root(String authorityId) {
        List<AuthorityDescription> all = authorities.described();
        return all.stream()
                .filter(authority -> authority.id().equals(authorityId))
                .filter(authority -> authority.role().equals("issuing"))
                .findFirst()
                .map(issuing -> root(issuing, all));
    }

    private static AuthorityDescription root(
            AuthorityDescription authority, List<AuthorityDescription> all) {
        AuthorityDescription next = authority;
        while (next.issuerId() != null) {
            String above = next.issuerId();
            next = all.stream().filter(other -> other.id().equals(above)).findFirst().orElseThrow();
        }
        return next;
    }

    private long version(AuthorityDescription root) {
        return jdbc.sql(VERSION)
                .param("trustDomain", trustDomain.name())
                .param("rootId", root.id())
                .query(Long.class)
                .single();
    }

    private long[] counts(long version) {
        return jdbc.sql(COUNT)
                .param("trustDomainId", "spiffe://" + trustDomain.name())
                .param("operators", operators())
                .param("version", version)
                .query((row, _) ->
                        new long[] {row.getLong("identities"), row.getLong("acknowledged")})
                .single();
    }

    private List<Straggler> stragglers(long version, String after, int limit) {
        return new ArrayList<>(
                jdbc.sql(STRAGGLERS)
                        .param("trustDomainId", "spiffe://" + trustDomain.name())
                        .param("operators", operators())
                        .param("version", version)
                        .param("after", after)
                        .param("limit", limit)
                        .query(JdbcActivationGate::straggler)
                        .list());
    }

    private String operators() {
        return "spiffe://" + trustDomain.name() + "/signet/operator/";
    }

    private static Straggler straggler(ResultSet row, int number) throws SQLException {
        return new Straggler(
                row.getString("spiffe_id"),
                row.getLong("certificates"),
                row.getLong("heard"),
                row.getObject("version", Long.class));
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException(
                    "who knows the root of an issuing CA could not be counted", e);
        }
    }
}
