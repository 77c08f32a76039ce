package dev.signet.ca.status;

import dev.signet.ca.ledger.LedgerUnavailableException;

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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// In `status.crl`, full ones in `status.full_crl`; read from `status.every_crl`.
final class JdbcCrlRecords implements CrlRecords {

    private static final String NEWEST =
            """
            SELECT authority_id, shard, number, this_update, next_update, sequence, entries, uris,
                   der
            FROM status.every_crl
            WHERE authority_id = :authority AND shard = :shard
            ORDER BY number DESC
            LIMIT 1
            """;

    private static final String INSERT =
            """
            INSERT INTO status.crl
                (authority_id, shard, number, this_update, next_update, sequence, entries, uris,
                 der, replica)
            VALUES (:authority, :shard, :number, :thisUpdate, :nextUpdate, :sequence, :entries,
                    :uris, :der, :replica)
            """;

    private static final String INSERT_FULL =
            """
            INSERT INTO status.full_crl
                (authority_id, number, this_update, next_update, sequence, entries, der, replica)
            VALUES (:authority, :number, :thisUpdate, :nextUpdate, :sequence, :entries, :der,
                    :replica)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final String replica;

    JdbcCrlRecords(JdbcClient jdbc, TransactionOperations transactions, String replica) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.replica = replica;
    }

    @Override
    public List<Head> heads() {
        return ask(
                "CRLs could not be listed",
                () ->
                        jdbc.sql(
                                        """
                                        SELECT authority_id, shard, max(number) AS number
                                        FROM status.every_crl
                                        GROUP BY authority_id, shard
                                        """)
                                .query((row, _) ->
                                        new Head(
                                                new Shard(
                                                        row.getString("authority_id"),
                                                        row.getInt("shard")),
                                                row.getLong("number")))
                                .list());
    }

    @Override
    public Optional<CrlRecord> newest(Shard shard) {
        return ask("A CRL could not be read", () -> read(shard));
    }

    @Override
    public Optional<CrlRecord> next(Shard shard, Maker maker) {
        return ask(
                "A CRL was not put on record",
                () ->
                        Objects.requireNonNull(
                                transactions.execute(_ ->
                                        lock(shard)
                                                ? Optional.of(make(shard, maker))
                                                : Optional.<CrlRecord>empty())));
    }

    private CrlRecord make(Shard shard, Maker maker) {
        CrlRecord newest = read(shard).orElse(null);
        CrlRecord made = maker.make(newest);
        if (newest != null && made.number() == newest.number()) {
            return newest;
        }
        if (newest != null && made.number() < newest.number()) {
            throw new IllegalStateException(
                    "CRL number " + made.number() + " after " + newest.number());
        }
        JdbcClient.StatementSpec insert = jdbc.sql(shard.isFull() ? INSERT_FULL : INSERT);
        if (!shard.isFull()) {
            insert =
                    insert.param("shard", shard.id()).param("uris", String.join("\n", made.uris()));
        }
        insert.param("authority", shard.authorityId())
                .param("number", made.number())
                .param("thisUpdate", utc(made.thisUpdate()))
                .param("nextUpdate", utc(made.nextUpdate()))
                .param("sequence", made.sequence())
                .param("entries", made.entries())
                .param("der", made.der())
                .param("replica", replica)
                .update();
        return made;
    }

    /// Until the end of the transaction. Two shards with the same hash wait for each other, no
    /// more.
    private boolean lock(Shard shard) {
        return jdbc.sql("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 17))")
                .param("name", "signet status " + shard.path())
                .query(Boolean.class)
                .single();
    }

    private Optional<CrlRecord> read(Shard shard) {
        return jdbc.sql(NEWEST)
                .param("authority", shard.authorityId())
                .param("shard", shard.id())
                .query(JdbcCrlRecords::crl)
                .optional();
    }

    @Override
    public void forgetSuperseded() {
        ask(
                "Superseded CRLs could not be removed",
                () ->
                        jdbc.sql("SELECT status.forget_superseded(interval '1 hour')")
                                .query(Long.class)
                                .single());
    }

    private static CrlRecord crl(ResultSet row, int number) throws SQLException {
        return new CrlRecord(
                new Shard(row.getString("authority_id"), row.getInt("shard")),
                row.getLong("number"),
                row.getObject("this_update", OffsetDateTime.class).toInstant(),
                row.getObject("next_update", OffsetDateTime.class).toInstant(),
                row.getLong("sequence"),
                row.getInt("entries"),
                row.getString("uris").lines().toList(),
                row.getBytes("der"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static <T> T ask(String failure, Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException(failure, e);
        }
    }
}
