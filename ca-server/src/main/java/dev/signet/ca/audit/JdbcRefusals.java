package dev.signet.ca.audit;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// Counts in `audit.refusal_count`, refusals with their detail in `audit.refusal`.
final class JdbcRefusals implements CountedRefusals.Store {

    private static final String INSERT_COUNT =
            """
            INSERT INTO audit.refusal_count
                (began_at, process, replica, code, kind, detail, refusals, sample)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT =
            """
            INSERT INTO audit.refusal
                (refused_at, process, began_at, number, last_at, refusals, replica, code, kind,
                 subject, address, spiffe_id, names, rule, policy_version, request_id, message,
                 diagnosis)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT =
            """
            SELECT refused_at, process, began_at, number, last_at, refusals, replica, code, kind,
                subject, address, spiffe_id, names, rule, policy_version, request_id, message,
                diagnosis
            FROM audit.refusal
            WHERE refused_at >= ? AND refused_at < ?
            """;

    private static final String ORDER =
            """
            ORDER BY refused_at DESC, process DESC, began_at DESC, number DESC
            LIMIT ?
            """;

    private static final String SELECT_COUNTS =
            """
            SELECT began_at, replica, code, kind, detail, refusals, sample
            FROM audit.refusal_count
            WHERE began_at >= ? AND began_at < ?
            ORDER BY began_at DESC, refusals DESC, replica, code, kind, detail
            LIMIT ?
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final UUID process;

    /// @param process random, new with each start
    JdbcRefusals(JdbcClient jdbc, TransactionOperations transactions, UUID process) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.process = process;
    }

    @Override
    public void write(Instant began, List<RefusalCount> counts, List<RecordedRefusal> refusals) {
        try {
            transactions.executeWithoutResult(_ -> {
                counts.forEach(this::insert);
                for (int number = 0; number < refusals.size(); number++) {
                    insert(began, number, refusals.get(number));
                }
            });
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("Refusals were not put on record", e);
        }
    }

    private void insert(RefusalCount count) {
        jdbc.sql(INSERT_COUNT)
                .params(
                        utc(count.began()),
                        process,
                        count.replica(),
                        count.code().name(),
                        count.kind(),
                        count.detail(),
                        count.refusals(),
                        count.sample())
                .update();
    }

    private void insert(Instant began, int number, RecordedRefusal refusal) {
        RefusedRequest request = refusal.request();
        jdbc.sql(INSERT)
                .params(
                        utc(refusal.firstAt()),
                        process,
                        utc(began),
                        number,
                        utc(refusal.lastAt()),
                        refusal.refusals(),
                        refusal.replica(),
                        request.refusal().code().name(),
                        request.kind(),
                        request.subject(),
                        request.address(),
                        request.spiffeId(),
                        request.names(),
                        request.rule(),
                        request.policyVersion(),
                        request.requestId(),
                        request.refusal().message(),
                        request.refusal().diagnosis())
                .update();
    }

    @Override
    public List<RefusalCount> read(Instant from, Instant before, int limit) {
        return ask(() ->
                jdbc.sql(SELECT_COUNTS)
                        .params(utc(from), utc(before), limit)
                        .query(JdbcRefusals::count)
                        .list());
    }

    @Override
    public RefusalRecords.Page search(
            RefusalRecords.Criteria criteria, int limit, @Nullable String pageToken) {
        StringBuilder sql = new StringBuilder(SELECT);
        List<Object> parameters = new ArrayList<>();
        parameters.add(utc(criteria.from()));
        parameters.add(utc(criteria.before()));
        String prefix = criteria.spiffeIdPrefix();
        if (prefix != null) {
            and(sql, parameters, "spiffe_id ^@ ?", text(prefix));
        }
        if (criteria.subject() != null) {
            and(sql, parameters, "subject = ?", text(criteria.subject()));
        }
        if (criteria.address() != null) {
            and(sql, parameters, "address = ?", text(criteria.address()));
        }
        if (criteria.code() != null) {
            and(sql, parameters, "code = ?", criteria.code().name());
        }
        if (pageToken != null) {
            RefusalPageToken after = RefusalPageToken.parse(pageToken);
            sql.append("AND (refused_at, process, began_at, number) < (?, ?, ?, ?)\n");
            parameters.add(utc(after.refusedAt()));
            parameters.add(after.process());
            parameters.add(utc(after.began()));
            parameters.add(after.number());
        }
        parameters.add(limit + 1);
        List<Row> rows =
                ask(() ->
                        jdbc.sql(sql.append(ORDER).toString())
                                .params(parameters)
                                .query(JdbcRefusals::refusal)
                                .list());
        List<Row> page = rows.subList(0, Math.min(limit, rows.size()));
        return new RefusalRecords.Page(
                page.stream().map(Row::refusal).toList(),
                rows.size() > limit ? page.getLast().token().text() : null);
    }

    private static void and(
            StringBuilder sql, List<Object> parameters, String condition, Object parameter) {
        sql.append("AND ").append(condition).append('\n');
        parameters.add(parameter);
    }

    /// As it was written: PostgreSQL takes no NUL.
    private static String text(String given) {
        return PrintableText.of(given, RecordedRefusal.MAX_NAME);
    }

    private static <T> T ask(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("Refusals could not be read", e);
        }
    }

    private record Row(RecordedRefusal refusal, RefusalPageToken token) {}

    private static Row refusal(ResultSet row, int number) throws SQLException {
        Instant refusedAt = instant(row, "refused_at");
        return new Row(
                new RecordedRefusal(
                        refusedAt,
                        instant(row, "last_at"),
                        row.getLong("refusals"),
                        row.getString("replica"),
                        new RefusedRequest(
                                Refusal.withDiagnosis(
                                        RefusalCode.recorded(row.getString("code")),
                                        row.getString("message"),
                                        row.getString("diagnosis")),
                                row.getString("kind"),
                                row.getString("subject"),
                                row.getString("address"),
                                row.getString("spiffe_id"),
                                row.getString("names"),
                                row.getString("rule"),
                                row.getString("policy_version"),
                                row.getString("request_id"))),
                new RefusalPageToken(
                        refusedAt,
                        row.getObject("process", UUID.class),
                        instant(row, "began_at"),
                        row.getInt("number")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static RefusalCount count(ResultSet row, int number) throws SQLException {
        return new RefusalCount(
                instant(row, "began_at"),
                row.getString("replica"),
                RefusalCode.recorded(row.getString("code")),
                row.getString("kind"),
                row.getString("detail"),
                row.getLong("refusals"),
                row.getString("sample"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
