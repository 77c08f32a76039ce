package dev.signet.ca.audit;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.RefusalCode;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/// Counts in `audit.refusal_count`.
final class JdbcRefusalCounts implements CountedRefusals.Store {

    private static final String INSERT =
            """
            INSERT INTO audit.refusal_count
                (began_at, process, replica, code, kind, detail, refusals, sample)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT =
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
    JdbcRefusalCounts(JdbcClient jdbc, TransactionOperations transactions, UUID process) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.process = process;
    }

    @Override
    public void write(List<RefusalCount> counts) {
        try {
            transactions.executeWithoutResult(_ -> counts.forEach(this::insert));
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("Refusal counts were not put on record", e);
        }
    }

    private void insert(RefusalCount count) {
        jdbc.sql(INSERT)
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

    @Override
    public List<RefusalCount> read(Instant from, Instant before, int limit) {
        try {
            return jdbc.sql(SELECT)
                    .params(utc(from), utc(before), limit)
                    .query(JdbcRefusalCounts::count)
                    .list();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("Refusal counts could not be read", e);
        }
    }

    private static RefusalCount count(ResultSet row, int number) throws SQLException {
        return new RefusalCount(
                row.getObject("began_at", OffsetDateTime.class).toInstant(),
                row.getString("replica"),
                RefusalCode.valueOf(row.getString("code")),
                row.getString("kind"),
                row.getString("detail"),
                row.getLong("refusals"),
                row.getString("sample"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
