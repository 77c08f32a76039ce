package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.ledger.JdbcCertificateQuery.Share;

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
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Records as PostgreSQL has them.
///
/// A search goes back in time in growing windows, for the youngest records come first and the
/// ledger lies in order of time: a page of the last minutes never looks at the partitions of last
/// month. A stream goes forward in windows of about as many records each.
final class JdbcCertificateRecords implements CertificateRecords {

    private static final int MAX_LIMIT = 1000;
    private static final Duration FIRST_WINDOW = Duration.ofMinutes(1);
    private static final Duration LAST_WINDOW = Duration.ofDays(100);
    private static final int WINDOW_GROWTH = 8;

    /// Records of a stream's window, in memory at once: about 12 MB.
    private static final int STREAM_WINDOW = 8_192;

    private static final Duration SHORTEST_STREAM_WINDOW = Duration.ofNanos(1_000);

    /// No certificate lives longer: ledger.ensure_partitions makes no partition further ahead.
    private static final Duration LONGEST_LIFE = Duration.ofDays(401);

    static final String BY_SERIAL_NUMBER =
            JdbcCertificateQuery.COLUMNS
                    + """
                    FROM ledger.certificate
                    WHERE serial = :serial AND not_after >= :hour AND not_after < :nextHour
                    """;

    /// Fewer rows of a prefix than this are sorted at once rather than asked for in windows.
    private static final int FEW_OF_PREFIX = 2_000;

    /// Fewer than this are found by the prefix in each window.
    private static final int SOME_OF_PREFIX = 50_000;

    private final JdbcClient jdbc;

    JdbcCertificateRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
        OffsetDateTime hour = JdbcCertificateQuery.utc(serialNumber.expiryHour());
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
        return ask(() -> page(youngest(criteria, after, limit + 1), limit));
    }

    private List<CertificateRecord> youngest(
            Criteria criteria, @Nullable PageToken after, int wanted) {
        if (JdbcCertificateQuery.isOfFew(criteria)) {
            return within(criteria, Share.FEW, null, null, after, wanted);
        }
        if (criteria.evidenceSubject() != null) {
            // Its index is in order of time.
            return within(criteria, Share.MANY, null, null, after, wanted);
        }
        if (criteria.spiffeIdPrefix() != null) {
            Criteria prefix = new Criteria(criteria.spiffeIdPrefix(), null, null);
            int count = count(new JdbcCertificateQuery(prefix, Share.SOME), SOME_OF_PREFIX);
            return count < FEW_OF_PREFIX
                    ? within(criteria, Share.FEW, null, null, after, wanted)
                    : inWindows(
                            criteria,
                            count < SOME_OF_PREFIX ? Share.SOME : Share.MANY,
                            after,
                            wanted);
        }
        if (criteria.evidenceKind() != null) {
            Criteria kind = Criteria.builder().evidenceKind(criteria.evidenceKind()).build();
            if (count(new JdbcCertificateQuery(kind, Share.MANY), 1) == 0) {
                return List.of();
            }
        }
        return inWindows(criteria, Share.MANY, after, wanted);
    }

    private int count(JdbcCertificateQuery query, int limit) {
        return query.count(jdbc, limit).query(Integer.class).single();
    }

    /// The youngest `wanted` records, collected window by window.
    private List<CertificateRecord> inWindows(
            Criteria criteria, Share share, @Nullable PageToken after, int wanted) {
        List<CertificateRecord> found = new ArrayList<>();
        Instant before = end(criteria, after);
        Duration window = FIRST_WINDOW;
        while (window.compareTo(LAST_WINDOW) < 0) {
            Instant from = before.minus(window);
            if (criteria.issuedFrom() != null && !from.isAfter(criteria.issuedFrom())) {
                break;
            }
            found.addAll(within(criteria, share, from, before, after, wanted - found.size()));
            if (found.size() >= wanted) {
                return found;
            }
            before = from;
            window = window.multipliedBy(WINDOW_GROWTH);
        }
        found.addAll(within(criteria, share, null, before, after, wanted - found.size()));
        return found;
    }

    /// First moment behind all that is of interest.
    private Instant end(Criteria criteria, @Nullable PageToken after) {
        if (after != null) {
            return after.issuedAt().plusNanos(1_000);
        }
        Instant now = now().plusNanos(1_000);
        Instant latest = JdbcCertificateQuery.latest(criteria);
        return latest != null && latest.isBefore(now) ? latest : now;
    }

    private Instant now() {
        return jdbc.sql("SELECT clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private List<CertificateRecord> within(
            Criteria criteria,
            Share share,
            @Nullable Instant from,
            @Nullable Instant before,
            @Nullable PageToken after,
            int wanted) {
        JdbcCertificateQuery query = new JdbcCertificateQuery(criteria, share);
        if (from != null) {
            query.issuedFrom(from);
        }
        if (before != null) {
            query.issuedBefore(before);
        }
        if (after != null) {
            query.behind(after);
        }
        return query.youngestFirst(jdbc, wanted).query(JdbcCertificateRecords::record).list();
    }

    private static Page page(List<CertificateRecord> found, int limit) {
        if (found.size() <= limit) {
            return new Page(List.copyOf(found), null);
        }
        List<CertificateRecord> records = List.copyOf(found.subList(0, limit));
        CertificateRecord last = records.getLast();
        return new Page(records, new PageToken(last.issuedAt(), last.serialNumber()).text());
    }

    @Override
    public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {
        Instant end = ask(() -> end(criteria, null));
        Optional<Instant> first = ask(() -> first(criteria));
        if (first.isEmpty()) {
            return;
        }
        Instant from = first.get();
        Duration window = FIRST_WINDOW;
        while (from.isBefore(end)) {
            Instant begin = from;
            Instant before = earlier(from.plus(window), end);
            int count = ask(() -> countIn(begin, before));
            if (count > STREAM_WINDOW && window.compareTo(SHORTEST_STREAM_WINDOW) > 0) {
                window = window.dividedBy(WINDOW_GROWTH);
                continue;
            }
            if (count > 0) {
                ask(() -> oldestWithin(criteria, begin, before)).forEach(consumer);
            }
            if (window.compareTo(LAST_WINDOW) < 0) {
                if (count == 0) {
                    window = window.multipliedBy(WINDOW_GROWTH);
                } else if (count < STREAM_WINDOW / 3) {
                    window = window.multipliedBy(2);
                }
            }
            from = before;
        }
    }

    /// A moment before which nothing that fits was issued; empty where there is nothing at all.
    private Optional<Instant> first(Criteria criteria) {
        Optional<Instant> oldest =
                jdbc.sql("SELECT ledger.oldest_day()").query(LocalDate.class).list().stream()
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(day ->
                                day.atStartOfDay(ZoneOffset.UTC).toInstant().minus(LONGEST_LIFE));
        Instant from = criteria.issuedFrom();
        return oldest.map(bound -> from != null && from.isAfter(bound) ? from : bound);
    }

    private int countIn(Instant from, Instant before) {
        JdbcCertificateQuery query = new JdbcCertificateQuery(Criteria.ANY, Share.MANY);
        query.issuedFrom(from);
        query.issuedBefore(before);
        return count(query, STREAM_WINDOW + 1);
    }

    private List<CertificateRecord> oldestWithin(Criteria criteria, Instant from, Instant before) {
        JdbcCertificateQuery query = new JdbcCertificateQuery(criteria, Share.MANY);
        query.issuedFrom(from);
        query.issuedBefore(before);
        return query.oldestFirst(jdbc).query(JdbcCertificateRecords::record).list();
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static CertificateRecord record(ResultSet row, int number) throws SQLException {
        return new CertificateRecord(
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getString("spiffe_id"),
                textOrEmpty(row.getString("other_sans")),
                textOrEmpty(row.getString("subject")),
                instant(row, "issued_at"),
                new Validity(instant(row, "not_before"), instant(row, "not_after")),
                row.getString("evidence_kind"),
                row.getString("evidence_subject"),
                row.getString("attributes"),
                row.getString("policy_version"),
                row.getString("policy_rule"),
                row.getString("profile"),
                row.getInt("profile_version"),
                row.getString("authority_id"),
                row.getObject("request_id", UUID.class),
                row.getString("replica"),
                row.getBytes("key_sha256"),
                row.getBytes("der"),
                Notice.decode(row.getString("notices")));
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
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
