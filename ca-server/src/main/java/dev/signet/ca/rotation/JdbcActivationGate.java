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

/// The gate over `ledger.certificate`, `revocation.revocation`, `trust.bundle`, `trust.bundle_use`
/// and `trust.acknowledgement`: one question over all live certificates, which no port of their
/// packages could answer without handing over each row.
final class JdbcActivationGate implements ActivationGate {

    /// So many pending clients are read at a time.
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

    /// A server begins to name a version and records that it does a little later; an answer is put
    /// together a little before its row is written; a retry may be answered by a server that learns
    /// of the version a little later than the first. None of these takes longer.
    private static final String SLACK = "interval '30 seconds'";

    /// Holders with what each has said, and an identity's least of them. A holder's earlier
    /// certificate may have spoken for it on a connection that is still open.
    private static final String IDENTITIES =
            """
            WITH live AS MATERIALIZED (
                SELECT c.spiffe_id, c.serial, c.key_sha256, c.issued_at, c.replica,
                    CASE WHEN c.evidence_kind = 'current-certificate'
                        THEN c.attributes::json ->> 'certificate.serial-number' END AS replaces
                FROM ledger.certificate c
                WHERE c.not_after >= statement_timestamp()
                  AND c.evidence_kind <> 'server'
                  AND c.spiffe_id <> :trustDomainId
                  AND NOT starts_with(c.spiffe_id, :operators)
                  AND NOT EXISTS (
                      SELECT FROM revocation.revocation r WHERE r.serial = c.serial)
            ), stated AS MATERIALIZED (
                SELECT a.serial, encode(a.serial, 'hex') AS hex, max(a.version) AS version
                FROM trust.acknowledgement a
                WHERE a.not_after >= statement_timestamp()
                GROUP BY a.serial
            ), same_key AS (
                SELECT l.spiffe_id, l.key_sha256, max(s.version) AS version
                FROM live l JOIN stated s ON s.serial = l.serial
                GROUP BY l.spiffe_id, l.key_sha256
            ), newest AS (
                SELECT DISTINCT ON (l.spiffe_id, l.key_sha256) l.*
                FROM live l
                ORDER BY l.spiffe_id, l.key_sha256, l.issued_at DESC, l.serial DESC
            ), replaced AS (
                SELECT DISTINCT l.replaces AS hex FROM live l WHERE l.replaces IS NOT NULL
            ), told AS (
                SELECT u.replica, min(u.used_from) AS since
                FROM trust.bundle_use u
                WHERE u.trust_domain = :trustDomain AND u.version >= :version AND :version > 0
                GROUP BY u.replica
            ), holder AS (
                SELECT n.spiffe_id, own.version AS own,
                    greatest(own.version, before.version, k.version) AS version,
                    coalesce(n.issued_at >= t.since + %s, false) AS told
                FROM newest n
                LEFT JOIN replaced r ON r.hex = encode(n.serial, 'hex')
                LEFT JOIN stated own ON own.serial = n.serial
                LEFT JOIN stated before ON before.hex = n.replaces
                LEFT JOIN same_key k
                    ON k.spiffe_id = n.spiffe_id AND k.key_sha256 = n.key_sha256
                LEFT JOIN told t ON t.replica = n.replica
                WHERE r.hex IS NULL
            ), identity AS (
                SELECT h.spiffe_id, count(*) AS certificates, count(h.version) AS heard,
                    min(h.version) AS version,
                    bool_and(coalesce(h.version >= :version, false)) AS acknowledged,
                    bool_and(coalesce(h.version >= :version, false)
                        OR (h.told AND h.own IS NULL)) AS current
                FROM holder h
                GROUP BY h.spiffe_id
            )
            """
                    .formatted(SLACK);

    private static final String COUNT =
            IDENTITIES
                    + """
                    SELECT count(*) AS identities,
                        count(*) FILTER (WHERE i.acknowledged) AS acknowledged,
                        count(*) FILTER (WHERE i.current AND NOT i.acknowledged) AS renewed
                    FROM identity i
                    """;

    private static final String PENDING_CLIENTS =
            IDENTITIES
                    + """
                    SELECT i.spiffe_id, i.certificates, i.heard, i.version
                    FROM identity i
                    WHERE NOT i.current AND i.spiffe_id > :after
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
    public Optional<Readiness> readiness(String authorityId, int maxPendingClients) {
        return root(authorityId).map(root -> readiness(authorityId, root, maxPendingClients));
    }

    private Readiness readiness(String authorityId, AuthorityDescription root, int most) {
        // The root of what signs now: whoever verifies anything knows it.
        boolean known = root.state().equals("active");
        return ask(() -> {
            long version = version(root);
            long[] counts = known ? new long[3] : counts(version);
            return new Readiness(
                    authorityId,
                    root.id(),
                    known,
                    version,
                    counts[0],
                    counts[1],
                    counts[2],
                    requiredShare,
                    known || most == 0 ? List.of() : pendingClients(version, "", most));
        });
    }

    @Override
    public boolean forEachPendingClient(String authorityId, Consumer<PendingClient> consumer) {
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
            List<PendingClient> page = ask(() -> pendingClients(version, from, PAGE));
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
                .param("trustDomain", trustDomain.name())
                .param("trustDomainId", "spiffe://" + trustDomain.name())
                .param("operators", operators())
                .param("version", version)
                .query((row, _) ->
                        new long[] {
                            row.getLong("identities"),
                            row.getLong("acknowledged"),
                            row.getLong("renewed")
                        })
                .single();
    }

    private List<PendingClient> pendingClients(long version, String after, int limit) {
        return new ArrayList<>(
                jdbc.sql(PENDING_CLIENTS)
                        .param("trustDomain", trustDomain.name())
                        .param("trustDomainId", "spiffe://" + trustDomain.name())
                        .param("operators", operators())
                        .param("version", version)
                        .param("after", after)
                        .param("limit", limit)
                        .query(JdbcActivationGate::pendingClient)
                        .list());
    }

    private String operators() {
        return "spiffe://" + trustDomain.name() + "/signet/operator/";
    }

    private static PendingClient pendingClient(ResultSet row, int number) throws SQLException {
        return new PendingClient(
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
