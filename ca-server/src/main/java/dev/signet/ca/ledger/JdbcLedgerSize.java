package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Counts a little, and takes PostgreSQL's word for the rest.
final class JdbcLedgerSize implements LedgerSize {

    private static final Duration KEPT = Duration.ofSeconds(30);

    /// What PostgreSQL knows of a partition is as old as its last ANALYZE, or nothing.
    private static final String COUNT =
            """
            SELECT greatest(
                (SELECT count(*) FROM (
                    SELECT FROM ledger.certificate WHERE not_after > statement_timestamp()
                    LIMIT 50000) AS counted),
                (SELECT coalesce(sum(c.reltuples), 0)::bigint
                 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'ledger.certificate'::regclass
                   AND c.reltuples > 0
                   AND c.relname >= 'certificate_'
                       || to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD')))
            """;

    private final JdbcClient jdbc;
    private final LongSupplier nanoTime;
    private @Nullable Long known;
    private long knownAtNanos;

    JdbcLedgerSize(JdbcClient jdbc, LongSupplier nanoTime) {
        this.jdbc = jdbc;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized long unexpired() {
        long now = nanoTime.getAsLong();
        Long kept = known;
        if (kept != null && now - knownAtNanos < KEPT.toNanos()) {
            return kept;
        }
        try {
            long counted = jdbc.sql(COUNT).query(Long.class).single();
            known = counted;
            knownAtNanos = now;
            return counted;
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The ledger's size could not be read", e);
        }
    }
}
