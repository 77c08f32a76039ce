package dev.signet.ca.audit;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The trail in `audit.event`.
final class JdbcAuditTrail implements AuditTrail, AuditEvents {

    private static final int MAX_LIMIT = 1000;
    private static final int MAX_ACT_LENGTH = 64;
    private static final int MAX_KIND_LENGTH = 32;
    private static final int MAX_TEXT_LENGTH = 2048;
    private static final int MAX_ADDRESS_LENGTH = 64;
    private static final int MAX_REASON_LENGTH = 1024;
    private static final int MAX_JSON_LENGTH = 65_536;

    private static final String INSERT =
            """
            INSERT INTO audit.event
                (replica, act, actor_kind, actor_subject, actor_address, target, reason,
                 before, after, refusal)
            VALUES (:replica, :act, :actorKind, :actorSubject, :actorAddress, :target, :reason,
                 :before::jsonb, :after::jsonb, :refusal)
            RETURNING id, happened_at
            """;

    private static final String SELECT =
            """
            SELECT id, happened_at, replica, act, actor_kind, actor_subject, actor_address, target,
                reason, before, after, refusal
            FROM audit.event
            WHERE true
            """;

    private final JdbcClient jdbc;
    private final String replica;
    private final AuditLines lines;

    /// @param jdbc whose statements and connections end within 5 s
    JdbcAuditTrail(JdbcClient jdbc, String replica, AuditLines lines) {
        this.jdbc = jdbc;
        this.replica = replica;
        this.lines = lines;
    }

    @Override
    public void record(AuditEvent given) {
        AuditEvent event = checked(given);
        RecordedEvent recorded =
                ask(
                        "The audit event was not put on record",
                        () ->
                                jdbc.sql(INSERT)
                                        .param("replica", replica)
                                        .param("act", event.act())
                                        .param("actorKind", event.actor().kind())
                                        .param("actorSubject", event.actor().subject())
                                        .param("actorAddress", event.actor().address())
                                        .param("target", event.target())
                                        .param("reason", event.reason())
                                        .param("before", event.before())
                                        .param("after", event.after())
                                        .param(
                                                "refusal",
                                                event.refusal() == null
                                                        ? null
                                                        : event.refusal().name())
                                        .query((row, _) ->
                                                new RecordedEvent(
                                                        row.getLong("id"),
                                                        instant(row),
                                                        replica,
                                                        event))
                                        .single());
        if (!lines.enabled()) {
            return;
        }
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            lines.event(recorded);
                        }
                    });
        } else {
            lines.event(recorded);
        }
    }

    @Override
    public Page search(Criteria criteria, int limit, @Nullable String pageToken) {
        checkLimit(limit);
        Conditions conditions = new Conditions(criteria);
        if (pageToken != null) {
            conditions.and("id < ?", id(pageToken));
        }
        List<RecordedEvent> found = query(conditions, "ORDER BY id DESC LIMIT ?", limit + 1);
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<RecordedEvent> events = found.subList(0, limit);
        return new Page(events, Long.toString(events.getLast().id()));
    }

    @Override
    public List<RecordedEvent> after(Criteria criteria, long afterId, int limit) {
        checkLimit(limit);
        if (afterId < 0) {
            throw new IllegalArgumentException("id of an event: " + afterId);
        }
        Conditions conditions = new Conditions(criteria);
        conditions.and("id > ?", afterId);
        return query(conditions, "ORDER BY id LIMIT ?", limit);
    }

    @Override
    public long lastId() {
        return ask(
                "The audit trail could not be read",
                () ->
                        jdbc.sql("SELECT id FROM audit.event ORDER BY id DESC LIMIT 1")
                                .query(Long.class)
                                .optional()
                                .orElse(0L));
    }

    private List<RecordedEvent> query(Conditions conditions, String order, int limit) {
        conditions.parameters.add(limit);
        return ask(
                "The audit trail could not be read",
                () ->
                        jdbc.sql(SELECT + conditions.sql + order)
                                .params(conditions.parameters)
                                .query(JdbcAuditTrail::event)
                                .list());
    }

    private static RecordedEvent event(ResultSet row, int number) throws SQLException {
        String refusal = row.getString("refusal");
        return new RecordedEvent(
                row.getLong("id"),
                instant(row),
                row.getString("replica"),
                new AuditEvent(
                        row.getString("act"),
                        new Actor(
                                row.getString("actor_kind"),
                                row.getString("actor_subject"),
                                row.getString("actor_address")),
                        row.getString("target"),
                        row.getString("reason"),
                        row.getString("before"),
                        row.getString("after"),
                        refusal == null ? null : RefusalCode.recorded(refusal)));
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject("happened_at", OffsetDateTime.class).toInstant();
    }

    /// What callers wrote is made to fit; whom it names is never cut, lest two become one.
    private static AuditEvent checked(AuditEvent event) {
        Actor actor = event.actor();
        require(event.act(), MAX_ACT_LENGTH, "act");
        require(actor.kind(), MAX_KIND_LENGTH, "kind of the actor");
        require(actor.subject(), MAX_TEXT_LENGTH, "subject of the actor");
        require(event.before(), MAX_JSON_LENGTH, "state before");
        require(event.after(), MAX_JSON_LENGTH, "state after");
        String address = actor.address();
        return new AuditEvent(
                event.act(),
                new Actor(
                        actor.kind(),
                        PrintableText.of(actor.subject(), MAX_TEXT_LENGTH),
                        address == null ? null : PrintableText.of(address, MAX_ADDRESS_LENGTH)),
                PrintableText.of(event.target(), MAX_TEXT_LENGTH),
                PrintableText.of(event.reason(), MAX_REASON_LENGTH),
                event.before(),
                event.after(),
                event.refusal());
    }

    private static void require(@Nullable String text, int maxLength, String what) {
        if (text != null && text.length() > maxLength) {
            throw new IllegalArgumentException(
                    "audit event with a "
                            + what
                            + " of "
                            + text.length()
                            + " characters (expected: at most "
                            + maxLength
                            + ")");
        }
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
    }

    private static long id(String pageToken) {
        try {
            return Long.parseLong(pageToken);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "page token is not one that a search returned; begin without one", e);
        }
    }

    private static <T> T ask(String failure, Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException(failure, e);
        }
    }

    private static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> parameters = new ArrayList<>();

        Conditions(Criteria criteria) {
            text("act", criteria.act());
            text("actor_subject", criteria.actor());
            text("target", criteria.target());
            if (criteria.refused() != null) {
                sql.append(
                        criteria.refused() ? "AND refusal IS NOT NULL\n" : "AND refusal IS NULL\n");
            }
            if (criteria.from() != null) {
                and("happened_at >= ?", criteria.from().atOffset(ZoneOffset.UTC));
            }
            if (criteria.before() != null) {
                and("happened_at < ?", criteria.before().atOffset(ZoneOffset.UTC));
            }
        }

        private void text(String column, @Nullable String value) {
            if (value != null) {
                and(column + " = ?", PrintableText.of(value, MAX_TEXT_LENGTH));
            }
        }

        void and(String condition, Object parameter) {
            sql.append("AND ").append(condition).append('\n');
            parameters.add(parameter);
        }
    }
}
