package dev.signet.ca.reissue;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Orders in PostgreSQL, schema `reissue`. Each method throws [LedgerUnavailableException] when
/// PostgreSQL did not confirm.
final class JdbcRenewalOrders {

    /// Taken by whoever makes an order, in any replica: numbers follow the order of commits.
    private static final long ADVISORY_LOCK = 2_288_103_914_667_020_117L;

    private static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '4s'";
    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    private static final String COLUMNS =
            """
            SELECT o.number, o.authority_ids, o.spiffe_id_prefix, o.ordered_at, o.starts_at,
                   o.ends_at, o.per_second, o.certificates, o.reason, o.actor_kind,
                   o.actor_subject, c.cancelled_at
            FROM reissue.renewal_order o LEFT JOIN reissue.cancellation c USING (number)
            """;

    private static final String IN_FORCE =
            COLUMNS
                    + """
                    WHERE c.number IS NULL AND o.ends_at > :endedAfter
                    ORDER BY o.number DESC
                    LIMIT :limit
                    """;

    private static final String LIST = COLUMNS + "ORDER BY o.number DESC LIMIT :limit";
    private static final String FIND = COLUMNS + "WHERE o.number = :number";

    private static final String INSERT =
            """
            INSERT INTO reissue.renewal_order
                (number, authority_ids, spiffe_id_prefix, ordered_at, starts_at, ends_at,
                 per_second, certificates, reason, actor_kind, actor_subject)
            SELECT greatest(coalesce(max(number), 0) + 1,
                            (extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
                   :authorityIds, :prefix, :orderedAt, :startsAt, :endsAt, :perSecond,
                   :certificates, :reason, :actorKind, :actorSubject
            FROM reissue.renewal_order
            RETURNING number
            """;

    private static final String CANCEL =
            """
            INSERT INTO reissue.cancellation (number, reason, actor_kind, actor_subject)
            VALUES (:number, :reason, :actorKind, :actorSubject)
            ON CONFLICT DO NOTHING
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    /// @param transactions joins the caller's transaction
    JdbcRenewalOrders(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /// Those not cancelled whose window ended after that instant, the youngest first.
    List<Reissue> inForce(Instant endedAfter, int limit) {
        return ask(() ->
                jdbc.sql(IN_FORCE)
                        .param("endedAfter", utc(endedAfter))
                        .param("limit", limit)
                        .query(JdbcRenewalOrders::reissue)
                        .list());
    }

    List<Reissue> list(int limit) {
        return ask(() ->
                jdbc.sql(LIST).param("limit", limit).query(JdbcRenewalOrders::reissue).list());
    }

    Optional<Reissue> find(long number) {
        return ask(() ->
                jdbc.sql(FIND)
                        .param("number", number)
                        .query(JdbcRenewalOrders::reissue)
                        .optional());
    }

    /// @param reissue its number is not looked at
    /// @return its number; empty: there are as many orders in force as there may be
    Optional<Long> insert(Reissue reissue, Instant endedAfter, int mostInForce) {
        return Objects.requireNonNull(
                ask(() ->
                        transactions.execute(_ -> {
                            jdbc.sql(LIMIT_WAIT).update();
                            jdbc.sql(LOCK)
                                    .param("key", ADVISORY_LOCK)
                                    .query(Integer.class)
                                    .single();
                            return inForce(endedAfter, mostInForce).size() == mostInForce
                                    ? Optional.<Long>empty()
                                    : Optional.of(insert(reissue));
                        })));
    }

    private long insert(Reissue reissue) {
        RenewalOrder order = reissue.order();
        return jdbc.sql(INSERT)
                .param("authorityIds", order.authorityIds().toArray(String[]::new))
                .param("prefix", order.spiffeIdPrefix())
                .param("orderedAt", utc(order.issuedBefore()))
                .param("startsAt", utc(order.start()))
                .param("endsAt", utc(order.end()))
                .param("perSecond", reissue.perSecond())
                .param("certificates", reissue.certificates())
                .param("reason", reissue.reason())
                .param("actorKind", reissue.by().kind())
                .param("actorSubject", reissue.by().subject())
                .query(Long.class)
                .single();
    }

    /// @return whether it was not cancelled before
    boolean cancel(Actor actor, long number, String reason) {
        return ask(() ->
                jdbc.sql(CANCEL)
                        .param("number", number)
                        .param("reason", reason)
                        .param("actorKind", actor.kind())
                        .param("actorSubject", actor.subject())
                        .update())
                == 1;
    }

    private static Reissue reissue(ResultSet row, int index) throws SQLException {
        OffsetDateTime cancelledAt = row.getObject("cancelled_at", OffsetDateTime.class);
        return new Reissue(
                new RenewalOrder(
                        row.getLong("number"),
                        texts(row.getArray("authority_ids")),
                        row.getString("spiffe_id_prefix"),
                        instant(row, "ordered_at"),
                        instant(row, "starts_at"),
                        instant(row, "ends_at"),
                        cancelledAt == null ? null : cancelledAt.toInstant()),
                row.getInt("per_second"),
                row.getLong("certificates"),
                row.getString("reason"),
                new Actor(row.getString("actor_kind"), row.getString("actor_subject"), null));
    }

    private static Set<String> texts(Array array) throws SQLException {
        return Set.of((String[]) array.getArray());
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static <T extends @Nullable Object> T ask(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("orders to renew: PostgreSQL did not answer", e);
        }
    }
}
