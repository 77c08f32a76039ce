package dev.signet.benchmarks;

import dev.signet.ca.certificate.SerialNumber;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Ten days of a ledger, made by PostgreSQL itself in the order in which they would have been
/// issued: 20,000 identities in 500 namespaces, nine certificates in ten for an hour and one for a
/// day, one in fifty with further names, kinds of evidence from common to rare. What vacuum would
/// have done meanwhile is done, but for the last 10,000 rows.
///
/// @param end when the last certificate was issued
record SearchLedger(Instant end, List<Sample> samples, Map<String, Long> sizes) {

    static final String BUSY_SUBJECT = "repo:example/monorepo:ref:refs/heads/main";

    private static final Duration SPAN = Duration.ofDays(10);
    private static final int BATCH = 50_000;
    private static final int TAIL = 10_000;
    private static final int SAMPLES = 200;
    private static final int IDENTITIES = 20_000;

    /// One certificate on record.
    @SuppressWarnings("ArrayRecordComponent")
    record Sample(SerialNumber serialNumber, byte[] sha256, byte[] keySha256) {}

    static String namespace(int identity) {
        return "team-" + Math.floorMod(identity, IDENTITIES) % 500;
    }

    static String spiffeId(int identity) {
        int i = Math.floorMod(identity, IDENTITIES);
        return "spiffe://example.org/ns/" + namespace(i) + "/sa/service-" + i;
    }

    static String subject(int identity) {
        int i = Math.floorMod(identity, IDENTITIES);
        return "system:serviceaccount:" + namespace(i) + ":service-" + i;
    }

    static String dnsName(int identity) {
        int i = Math.floorMod(identity, IDENTITIES);
        return "service-" + i + "." + namespace(i) + ".svc.cluster.local";
    }

    Sample sample(Random random) {
        return samples.get(random.nextInt(samples.size()));
    }

    /// Within the span, not in its last hours.
    Instant instant(Random random) {
        return end.minus(Duration.ofHours(3))
                .minusSeconds(random.nextInt(Math.toIntExact(SPAN.toSeconds() - 4 * 3_600)));
    }

    private static final String INSERT =
            """
            INSERT INTO ledger.certificate (
                serial, spiffe_id, other_sans, key_sha256, profile, profile_version,
                policy_version, policy_rule, evidence_kind, evidence_subject, attributes,
                authority_id, not_before, not_after, issued_at, request_id, replica, der)
            SELECT
                decode(lpad(to_hex(1073741824
                    + floor(date_part('epoch', t.not_after) / 3600)::bigint), 8, '0'), 'hex')
                    || substring(r.digest FROM 1 FOR 16),
                'spiffe://example.org/ns/team-' || r.identity %% 500
                    || '/sa/service-' || r.identity,
                CASE WHEN i %% 50 = 7 THEN
                    'DNS:service-' || r.identity || '.team-' || r.identity %% 500
                    || '.svc.cluster.local,IP:10.0.' || r.identity / 250 || '.' || r.identity %% 250
                END,
                CASE WHEN i %% 4 = 0 THEN sha256(('key ' || r.identity)::bytea) ELSE r.digest END,
                'workload', 1, 'default-1+sha256:0123456789abcdef', 'kubernetes-service-account',
                CASE
                    WHEN i %% 1000 = 1 THEN 'join-token'
                    WHEN i %% 5000 = 2 THEN 'server'
                    WHEN i %% 3 = 0 THEN 'kubernetes'
                    ELSE 'current-certificate' END,
                CASE
                    WHEN i %% 20 = 3 THEN '%s'
                    ELSE 'system:serviceaccount:team-' || r.identity %% 500
                        || ':service-' || r.identity END,
                '{"kubernetes.namespace":"team-' || r.identity %% 500
                    || '","kubernetes.pod":"service-7d9f4c5b6d-x2x7k","kubernetes.service-account":'
                    || '"service-' || r.identity || '"}',
                repeat('a', 64),
                t.not_after - CASE WHEN i %% 10 = 4 THEN interval '1 day'
                    ELSE interval '1 hour' END,
                t.not_after, t.issued_at, NULL, 'replica-1',
                r.digest || f.filling
            FROM generate_series(?::bigint, ?::bigint) i,
                LATERAL (SELECT
                    sha256(('row ' || i)::bytea) AS digest,
                    i * 7919 %% %d AS identity) r,
                LATERAL (SELECT ?::timestamptz + i * (interval '1 second' * ?) AS issued_at) s,
                LATERAL (SELECT s.issued_at, date_trunc('second', s.issued_at
                    + CASE WHEN i %% 10 = 4 THEN interval '1 day' ELSE interval '1 hour' END)
                    AS not_after) t,
                (SELECT ?::bytea AS filling) f
            """
                    .formatted(BUSY_SUBJECT, IDENTITIES);

    /// Fills an empty ledger; takes one as it is that has rows.
    static SearchLedger fill(String url, String user, String password, int rows, Progress progress)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            Instant end = issuedLast(statement);
            if (end == null) {
                end = now(statement);
                statement.execute(
                        "SELECT ledger.make_partitions('certificate', current_date - 11,"
                                + " current_date + 1)");
                statement.execute("SET synchronous_commit = off");
                int early = Math.max(0, rows - TAIL);
                insert(connection, 1, early, rows, end, progress);
                progress.step("VACUUM, as autovacuum does");
                statement.execute("VACUUM (ANALYZE) ledger.certificate");
                insert(connection, early + 1, rows, rows, end, progress);
            }
            return new SearchLedger(end, samples(statement), sizes(statement));
        }
    }

    private static Instant now(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT now()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private static void insert(
            Connection connection, long first, long last, int rows, Instant end, Progress progress)
            throws SQLException {
        byte[] filling = new byte[560];
        new Random(1).nextBytes(filling);
        double seconds = (double) SPAN.toSeconds() / rows;
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (long from = first; from <= last; from += BATCH) {
                long to = Math.min(last, from + BATCH - 1);
                insert.setLong(1, from);
                insert.setLong(2, to);
                insert.setObject(3, end.minus(SPAN).atOffset(ZoneOffset.UTC));
                insert.setDouble(4, seconds);
                insert.setBytes(5, filling);
                insert.executeUpdate();
                progress.part("rows", to, rows);
            }
        }
    }

    private static @Nullable Instant issuedLast(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("SELECT max(issued_at) FROM ledger.certificate")) {
            row.next();
            OffsetDateTime last = row.getObject(1, OffsetDateTime.class);
            return last == null ? null : last.toInstant();
        }
    }

    private static List<Sample> samples(Statement statement) throws SQLException {
        List<Sample> samples = new ArrayList<>();
        try (ResultSet row =
                statement.executeQuery(
                        "SELECT serial, sha256(der), key_sha256 FROM ledger.certificate"
                                + " TABLESAMPLE SYSTEM (0.1) REPEATABLE (7) LIMIT "
                                + SAMPLES)) {
            while (row.next()) {
                samples.add(sample(row));
            }
        }
        if (samples.isEmpty()) {
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT serial, sha256(der), key_sha256 FROM ledger.certificate LIMIT "
                                    + SAMPLES)) {
                while (row.next()) {
                    samples.add(sample(row));
                }
            }
        }
        return samples;
    }

    private static Sample sample(ResultSet row) throws SQLException {
        return new Sample(
                SerialNumber.fromOctets(row.getBytes(1)).orElseThrow(),
                row.getBytes(2),
                row.getBytes(3));
    }

    /// Octets of the table and of each of its indexes, over all partitions.
    private static Map<String, Long> sizes(Statement statement) throws SQLException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (ResultSet row =
                statement.executeQuery(
                        """
                        SELECT 'rows of the table', sum(pg_table_size(relid))
                        FROM pg_partition_tree('ledger.certificate')
                        UNION ALL
                        SELECT 'certificate_pkey', sum(pg_relation_size(i.indexrelid))
                        FROM pg_partition_tree('ledger.certificate') t
                        JOIN pg_index i ON i.indrelid = t.relid AND i.indisprimary
                        UNION ALL
                        SELECT p.indexrelid::regclass::text,
                            (SELECT sum(pg_relation_size(relid))
                             FROM pg_partition_tree(p.indexrelid))
                        FROM pg_index p WHERE p.indrelid = 'ledger.certificate'::regclass
                        """)) {
            while (row.next()) {
                sizes.put(row.getString(1).replace("ledger.", ""), row.getLong(2));
            }
        }
        return sizes;
    }
}
