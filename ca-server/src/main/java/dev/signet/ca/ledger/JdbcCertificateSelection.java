package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.JdbcCertificateQuery.Share;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Goes through the ledger in order of time, in windows of about as many rows each, or, where an
/// index gives few, by that.
final class JdbcCertificateSelection implements CertificateSelection {

    private static final int MAX_BOUND = 1_000_000;
    private static final int MAX_LIMIT = 5_000;

    /// Fewer than this are sorted at once.
    private static final int FEW = 20_000;

    /// Rows that one statement looks at.
    private static final int WINDOW_ROWS = 30_000;

    private static final Duration FIRST_WINDOW = Duration.ofMinutes(10);
    private static final Duration LAST_WINDOW = Duration.ofDays(100);
    private static final Duration SHORTEST_WINDOW = Duration.ofNanos(1_000);
    private static final int WINDOW_GROWTH = 4;

    /// A call answers after about this, with what it has.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LONG_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final String COLUMNS = "serial, issued_at, not_after, spiffe_id, authority_id";
    private static final SerialNumber FIRST =
            SerialNumber.of(Instant.EPOCH, new byte[SerialNumber.RANDOM_LENGTH]);

    private final JdbcClient jdbc;
    private final LongSupplier nanoTime;

    JdbcCertificateSelection(JdbcClient jdbc, LongSupplier nanoTime) {
        this.jdbc = jdbc;
        this.nanoTime = nanoTime;
    }

    @Override
    public Summary summary(Criteria criteria, int bound) {
        if (bound < 1 || bound > MAX_BOUND) {
            throw new IllegalArgumentException("bound: " + bound + " (expected: 1 to 1000000)");
        }
        return ask(() -> {
            if (isOfFew(criteria)) {
                Summary part = part(new JdbcCertificateQuery(criteria, Share.FEW), bound + 1);
                return new Summary(part.count(), part.count() <= bound, part.digest());
            }
            long began = nanoTime.getAsLong();
            long count = 0;
            long digest = 0;
            Windows windows = new Windows(criteria, null);
            while (windows.next()) {
                JdbcCertificateQuery query = windows.query();
                Summary part = part(query, bound + 1);
                count += part.count();
                digest ^= part.digest();
                if (count > bound) {
                    return new Summary(bound + 1L, false, 0);
                }
                if (nanoTime.getAsLong() - began > LONG_PATIENCE_NANOS) {
                    return new Summary(count, false, 0);
                }
            }
            return new Summary(count, true, digest);
        });
    }

    private Summary part(JdbcCertificateQuery query, int limit) {
        query.unrevoked();
        return query.digest(jdbc, limit)
                .query((row, _) -> new Summary(row.getLong("count"), true, row.getLong("digest")))
                .single();
    }

    @Override
    public Batch next(Criteria criteria, @Nullable String after, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        @Nullable PageToken position = after == null ? null : PageToken.parse(after);
        return ask(() ->
                isOfFew(criteria)
                        ? ofFew(criteria, position, limit)
                        : inWindows(criteria, position, limit));
    }

    private Batch ofFew(Criteria criteria, @Nullable PageToken after, int limit) {
        List<Selected> found = within(new JdbcCertificateQuery(criteria, Share.FEW), after, limit);
        return new Batch(found, position(found, after), found.size() < limit);
    }

    private Batch inWindows(Criteria criteria, @Nullable PageToken after, int limit) {
        long began = nanoTime.getAsLong();
        List<Selected> found = new ArrayList<>();
        Windows windows = new Windows(criteria, after == null ? null : after.issuedAt());
        while (windows.next()) {
            found.addAll(within(windows.query(), after, limit - found.size()));
            if (found.size() == limit) {
                return new Batch(found, position(found, after), false);
            }
            if (nanoTime.getAsLong() - began > PATIENCE_NANOS) {
                return new Batch(found, new PageToken(windows.before, FIRST).text(), false);
            }
        }
        return new Batch(found, position(found, after), true);
    }

    private List<Selected> within(
            JdbcCertificateQuery query, @Nullable PageToken after, int limit) {
        query.unrevoked();
        if (after != null) {
            query.ahead(after);
        }
        return query.oldestFirst(jdbc, COLUMNS, limit)
                .query(JdbcCertificateSelection::selected)
                .list();
    }

    private static String position(List<Selected> found, @Nullable PageToken after) {
        if (found.isEmpty()) {
            return (after == null ? new PageToken(Instant.EPOCH, FIRST) : after).text();
        }
        Selected last = found.getLast();
        return new PageToken(last.issuedAt(), last.serialNumber()).text();
    }

    private boolean isOfFew(Criteria criteria) {
        if (JdbcCertificateQuery.isOfFew(criteria) || criteria.evidenceSubject() != null) {
            return true;
        }
        if (criteria.spiffeIdPrefix() == null) {
            return false;
        }
        Criteria prefix = new Criteria(criteria.spiffeIdPrefix(), null, null);
        return new JdbcCertificateQuery(prefix, Share.SOME)
                        .count(jdbc, FEW)
                        .query(Integer.class)
                        .single()
                < FEW;
    }

    /// Pieces of time, from the first issuance of what has not expired to the end.
    private final class Windows {
        private final Criteria criteria;
        private final Instant end;
        private Instant from;
        private Instant before;
        private Duration window = FIRST_WINDOW;

        Windows(Criteria criteria, @Nullable Instant begin) {
            this.criteria = criteria;
            Instant now = now();
            Instant latest = criteria.issuedBefore();
            this.end = latest != null && latest.isBefore(now) ? latest : now.plusNanos(1_000);
            Instant first = begin != null ? begin : first(criteria).orElse(end);
            Instant bound = criteria.issuedFrom();
            this.before = bound != null && bound.isAfter(first) ? bound : first;
            this.from = before;
        }

        boolean next() {
            if (!before.isBefore(end)) {
                return false;
            }
            from = before;
            int count;
            while (true) {
                Instant until = from.plus(window);
                before = until.isBefore(end) ? until : end;
                count = countIn(from, before);
                if (count <= WINDOW_ROWS || window.compareTo(SHORTEST_WINDOW) <= 0) {
                    break;
                }
                window = window.dividedBy(WINDOW_GROWTH);
            }
            if (count < WINDOW_ROWS / WINDOW_GROWTH && window.compareTo(LAST_WINDOW) < 0) {
                window = window.multipliedBy(WINDOW_GROWTH);
            }
            return true;
        }

        JdbcCertificateQuery query() {
            JdbcCertificateQuery query = new JdbcCertificateQuery(criteria, Share.MANY);
            query.issuedFrom(from);
            query.issuedBefore(before);
            return query;
        }

        private int countIn(Instant from, Instant before) {
            JdbcCertificateQuery query = new JdbcCertificateQuery(Criteria.ANY, Share.MANY);
            query.issuedFrom(from);
            query.issuedBefore(before);
            return query.count(jdbc, WINDOW_ROWS + 1).query(Integer.class).single();
        }
    }

    private Instant now() {
        return jdbc.sql("SELECT clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /// The first issuance of what may fit, of all whose expiry does.
    private Optional<Instant> first(Criteria criteria) {
        Instant expires = criteria.expiresFrom();
        return jdbc
                .sql("SELECT min(issued_at) FROM ledger.certificate WHERE not_after >= ?")
                .param(JdbcCertificateQuery.utc(expires == null ? Instant.EPOCH : expires))
                .query(OffsetDateTime.class)
                .list()
                .stream()
                .filter(Objects::nonNull)
                .findFirst()
                .map(OffsetDateTime::toInstant);
    }

    private static Selected selected(ResultSet row, int number) throws SQLException {
        return new Selected(
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getObject("issued_at", OffsetDateTime.class).toInstant(),
                row.getObject("not_after", OffsetDateTime.class).toInstant(),
                row.getString("spiffe_id"),
                row.getString("authority_id"));
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("PostgreSQL did not answer a look-up", e);
        }
    }
}
