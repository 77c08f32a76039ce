package dev.signet.ca.federation;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Relationships, bundles and pulls in PostgreSQL, schema `federation`.
final class JdbcFederation {

    /// Taken by whoever changes relationships or accepts a bundle, in any replica.
    private static final long ADVISORY_LOCK = 5_131_471_623_550_304_351L;

    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    /// Relationships that there are, each with its bundle in use and how its last pull ended.
    private static final String ALL =
            """
            SELECT c.sequence, c.trust_domain, c.profile, c.url, c.endpoint_spiffe_id,
                   c.initial_bundle, c.web_roots, c.reason, c.changed_by, c.changed_at,
                   b.sequence AS bundle, b.spiffe_sequence, b.refresh_hint_seconds,
                   b.x509_authorities, b.accepted_at,
                   p.outcome, p.detail, p.replica, p.at AS pulled_at
            FROM (
                SELECT DISTINCT ON (r.trust_domain) r.*
                FROM federation.relationship_change r
                ORDER BY r.trust_domain, r.sequence DESC) c
            LEFT JOIN LATERAL (
                SELECT * FROM federation.bundle x
                WHERE x.relationship = c.sequence ORDER BY x.sequence DESC LIMIT 1) b ON true
            LEFT JOIN LATERAL (
                SELECT * FROM federation.pull y
                WHERE y.relationship = c.sequence AND y.outcome <> 'begun'
                ORDER BY y.sequence DESC LIMIT 1) p ON true
            WHERE c.established
            ORDER BY c.trust_domain
            """;

    private static final String INSERT_CHANGE =
            """
            INSERT INTO federation.relationship_change
                (trust_domain, established, profile, url, endpoint_spiffe_id, initial_bundle,
                 web_roots, reason, changed_by)
            VALUES (:trustDomain, :established, :profile, :url, :endpointId, :initialBundle,
                    :webRoots, :reason, :by)
            """;

    private static final String INSERT_BUNDLE =
            """
            INSERT INTO federation.bundle
                (relationship, spiffe_sequence, refresh_hint_seconds, x509_authorities, accepted_by)
            VALUES (:relationship, :spiffeSequence, :refreshHint, :authorities, :replica)
            """;

    private static final String INSERT_PULL =
            """
            INSERT INTO federation.pull (relationship, replica, outcome, detail)
            VALUES (:relationship, :replica, :outcome, :detail)
            """;

    /// Measured by the database's clock, which all replicas share.
    private static final String SINCE_BEGUN =
            """
            SELECT coalesce(
                (SELECT extract(epoch FROM clock_timestamp() - p.at) * 1000
                 FROM federation.pull p
                 WHERE p.relationship = :relationship AND p.outcome = 'begun'
                 ORDER BY p.sequence DESC LIMIT 1), 1e15)::bigint
            """;

    private static final String FORGET = "SELECT federation.forget_pulls(interval '1 day')";

    private static final int LONGEST_DETAIL = 1024;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    /// @param transactions joins the caller's transaction, or begins one
    JdbcFederation(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /// A relationship with what it brought.
    record Row(
            Relationship relationship,
            @Nullable Stored bundle,
            Relationships.@Nullable Pull pull) {}

    /// A bundle in use.
    ///
    /// @param number ours; ascends
    /// @param authorities DER, one after another
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(
            long number,
            @Nullable Long spiffeSequence,
            @Nullable Integer refreshHintSeconds,
            byte[] authorities,
            Instant acceptedAt) {}

    List<Row> all() {
        return jdbc.sql(ALL).query((row, _) -> row(row)).list();
    }

    Optional<Row> of(TrustDomain trustDomain) {
        return all().stream()
                .filter(row -> row.relationship().trustDomain().equals(trustDomain))
                .findFirst();
    }

    private static Row row(ResultSet row) throws SQLException {
        String endpoint = row.getString("endpoint_spiffe_id");
        Relationship relationship =
                new Relationship(
                        row.getLong("sequence"),
                        new TrustDomain(row.getString("trust_domain")),
                        EndpointProfile.of(row.getString("profile")),
                        URI.create(row.getString("url")),
                        endpoint == null ? null : SpiffeId.parse(endpoint).orElseThrow(),
                        row.getBytes("initial_bundle"),
                        row.getBytes("web_roots"),
                        row.getString("reason"),
                        row.getString("changed_by"),
                        instant(row, "changed_at"));
        String outcome = row.getString("outcome");
        return new Row(
                relationship,
                row.getObject("bundle", Long.class) == null
                        ? null
                        : new Stored(
                                row.getLong("bundle"),
                                row.getObject("spiffe_sequence", Long.class),
                                row.getObject("refresh_hint_seconds", Integer.class),
                                row.getBytes("x509_authorities"),
                                instant(row, "accepted_at")),
                outcome == null
                        ? null
                        : new Relationships.Pull(
                                outcome,
                                row.getString("detail"),
                                row.getString("replica"),
                                instant(row, "pulled_at")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /// Runs in one transaction, while nobody else changes anything here.
    <T> T locked(java.util.function.Supplier<T> work) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
                    return work.get();
                }));
    }

    /// Only within [#locked].
    void establish(
            TrustDomain trustDomain,
            EndpointProfile profile,
            URI url,
            @Nullable SpiffeId endpointId,
            byte @Nullable [] initialBundle,
            byte @Nullable [] webRoots,
            String reason,
            String by) {
        jdbc.sql(INSERT_CHANGE)
                .param("trustDomain", trustDomain.name())
                .param("established", true)
                .param("profile", profile.text())
                .param("url", url.toString())
                .param("endpointId", endpointId == null ? null : endpointId.toString())
                .param("initialBundle", initialBundle, java.sql.Types.BINARY)
                .param("webRoots", webRoots, java.sql.Types.BINARY)
                .param("reason", reason)
                .param("by", by)
                .update();
    }

    /// Only within [#locked].
    void end(TrustDomain trustDomain, String reason, String by) {
        jdbc.sql(INSERT_CHANGE)
                .param("trustDomain", trustDomain.name())
                .param("established", false)
                .param("profile", null)
                .param("url", null)
                .param("endpointId", null)
                .param("initialBundle", null, java.sql.Types.BINARY)
                .param("webRoots", null, java.sql.Types.BINARY)
                .param("reason", reason)
                .param("by", by)
                .update();
    }

    /// Only within [#locked].
    void accept(long relationship, BundleDocument bundle, String replica) {
        jdbc.sql(INSERT_BUNDLE)
                .param("relationship", relationship)
                .param("spiffeSequence", bundle.sequence().orElse(null))
                .param("refreshHint", bundle.refreshHintSeconds().orElse(null))
                .param("authorities", bundle.concatenated())
                .param("replica", replica)
                .update();
    }

    void ended(long relationship, String replica, String outcome, String detail) {
        jdbc.sql(INSERT_PULL)
                .param("relationship", relationship)
                .param("replica", replica)
                .param("outcome", outcome)
                .param("detail", detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL)))
                .update();
    }

    /// Whether the last pull of any replica began as long ago as this, and then: begins one.
    boolean begin(long relationship, Duration interval, String replica) {
        return locked(() -> {
            long millis =
                    jdbc.sql(SINCE_BEGUN)
                            .param("relationship", relationship)
                            .query(Long.class)
                            .single();
            if (millis < interval.toMillis()) {
                return false;
            }
            ended(relationship, replica, "begun", "");
            return true;
        });
    }

    void forgetPulls() {
        jdbc.sql(FORGET).query(Long.class).single();
    }
}
