package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.CannotCreateTransactionException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Records as PostgreSQL has them.
///
/// A search goes back in time in growing steps, for the youngest records come first and the ledger
/// lies in order of time: a page of the last hour never looks at the partitions of last month.
final class JdbcCertificateRecords implements CertificateRecords {

    private static final int MAX_LIMIT = 1000;
    private static final int MAX_PREFIX_LENGTH = 2048;
    private static final List<Duration> STEPS =
            List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(8));

    private static final String SELECT =
            """
            SELECT serial, spiffe_id, issued_at, not_before, not_after, evidence_kind,
                evidence_subject, policy_version, policy_rule, profile, profile_version,
                authority_id, replica, key_sha256, der
            FROM ledger.certificate
            """;

    static final String BY_SERIAL_NUMBER =
            SELECT
                    + """
                    WHERE serial = :serial AND not_after >= :hour AND not_after < :nextHour
                    """;

    private final JdbcClient jdbc;

    JdbcCertificateRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
        OffsetDateTime hour = utc(serialNumber.expiryHour());
        return ask(() ->
                jdbc.sql(BY_SERIAL_NUMBER)
                        .param("serial", serialNumber.octets())
                        .param("hour", hour)
                        .param("nextHour", hour.plusHours(1))
                        .query(JdbcCertificateRecords::record)
                        .optional());
    }

    @Override
    public Page search(Criteria criteria, int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        @Nullable PageToken after = pageToken == null ? null : PageToken.parse(pageToken);
        return ask(() -> search(criteria, limit, after));
    }

    private Page search(Criteria criteria, int limit, @Nullable PageToken after) {
        Instant end = end(criteria, after);
        for (Duration step : STEPS) {
            Instant from = end.minus(step);
            if (criteria.issuedFrom() != null && !from.isAfter(criteria.issuedFrom())) {
                break;
            }
            List<CertificateRecord> found = query(criteria, from, limit + 1, after);
            if (found.size() > limit) {
                return page(found, limit);
            }
        }
        return page(query(criteria, criteria.issuedFrom(), limit + 1, after), limit);
    }

    /// The latest moment of interest.
    private Instant end(Criteria criteria, @Nullable PageToken after) {
        if (after != null) {
            return after.issuedAt();
        }
        return criteria.issuedBefore() != null
                ? criteria.issuedBefore()
                : jdbc.sql("SELECT statement_timestamp()")
                        .query(OffsetDateTime.class)
                        .single()
                        .toInstant();
    }

    private List<CertificateRecord> query(
            Criteria criteria, @Nullable Instant from, int limit, @Nullable PageToken after) {
        StringBuilder sql = new StringBuilder(SELECT).append("WHERE true\n");
        List<Object> parameters = new ArrayList<>();
        if (criteria.spiffeIdPrefix() != null) {
            // Octets are compared, so no character of a prefix is a wildcard; U+10FFFF, which no
            // SPIFFE ID holds, is behind everything that begins with the prefix.
            String prefix = checked(criteria.spiffeIdPrefix());
            sql.append("AND spiffe_id ~>=~ ? AND spiffe_id ~<~ ?\n");
            parameters.add(prefix);
            parameters.add(prefix + Character.toString(Character.MAX_CODE_POINT));
        }
        if (from != null) {
            // The second condition spares the partitions that expired before; the hour covers a
            // certificate issued by a clock that is behind the database's.
            sql.append("AND issued_at >= ? AND not_after >= ?\n");
            parameters.add(utc(from));
            parameters.add(utc(from.minus(Duration.ofHours(1))));
        }
        if (criteria.issuedBefore() != null) {
            sql.append("AND issued_at < ?\n");
            parameters.add(utc(criteria.issuedBefore()));
        }
        if (after != null) {
            sql.append("AND issued_at <= ? AND (issued_at, serial) < (?, ?)\n");
            parameters.add(utc(after.issuedAt()));
            parameters.add(utc(after.issuedAt()));
            parameters.add(after.serialNumber().octets());
        }
        sql.append("ORDER BY issued_at DESC, serial DESC LIMIT ?");
        parameters.add(limit);
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query(JdbcCertificateRecords::record)
                .list();
    }

    private static String checked(String prefix) {
        if (prefix.length() > MAX_PREFIX_LENGTH || prefix.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "SPIFFE ID prefix is longer than "
                            + MAX_PREFIX_LENGTH
                            + " characters or holds a NUL");
        }
        return prefix;
    }

    private static Page page(List<CertificateRecord> found, int limit) {
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<CertificateRecord> records = List.copyOf(found.subList(0, limit));
        CertificateRecord last = records.getLast();
        return new Page(records, new PageToken(last.issuedAt(), last.serialNumber()).text());
    }

    private static CertificateRecord record(ResultSet row, int number) throws SQLException {
        return new CertificateRecord(
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getString("spiffe_id"),
                instant(row, "issued_at"),
                new Validity(instant(row, "not_before"), instant(row, "not_after")),
                row.getString("evidence_kind"),
                row.getString("evidence_subject"),
                row.getString("policy_version"),
                row.getString("policy_rule"),
                row.getString("profile") + " v" + row.getInt("profile_version"),
                row.getString("authority_id"),
                row.getString("replica"),
                row.getBytes("key_sha256"),
                row.getBytes("der"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (NonTransientDataAccessResourceException
                | TransientDataAccessException
                | RecoverableDataAccessException
                | CannotCreateTransactionException e) {
            throw new LedgerUnavailableException("PostgreSQL did not answer a look-up", e);
        }
    }
}
