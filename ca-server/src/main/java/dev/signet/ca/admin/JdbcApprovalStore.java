package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// Proposals and decisions in the schema admin. Joins the caller's transaction.
///
/// Each method throws [LedgerUnavailableException] when PostgreSQL did not confirm.
final class JdbcApprovalStore {

    private static final String SELECT =
            """
            SELECT a.id, a.act, a.target, a.expected, a.reason,
                a.proposer_kind, a.proposer_subject, a.proposer_address, a.proposer_origins,
                a.proposed_at, a.expires_at,
                d.approved, d.reason AS decision_reason,
                d.decider_kind, d.decider_subject, d.decider_address, d.decided_at
            FROM admin.approval a LEFT JOIN admin.approval_decision d ON d.approval_id = a.id
            WHERE true
            """;

    private static final String INSERT =
            """
            INSERT INTO admin.approval
                (id, act, target, expected, reason, proposer_kind, proposer_subject,
                 proposer_address, proposer_origins, proposed_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /// Of two who decide at once the second waits for the first, and then inserts nothing.
    private static final String DECIDE =
            """
            INSERT INTO admin.approval_decision
                (approval_id, approved, reason, decider_kind, decider_subject, decider_address,
                 decided_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private final JdbcClient jdbc;

    JdbcApprovalStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(Proposal proposal) {
        Approval approval = proposal.approval();
        Actor proposer = approval.proposedBy();
        int _ =
                ask(() ->
                        jdbc.sql(INSERT)
                                .params(
                                        list(
                                                approval.id(),
                                                approval.act(),
                                                approval.target(),
                                                proposal.expected(),
                                                approval.reason(),
                                                proposer.kind(),
                                                proposer.subject(),
                                                proposer.address(),
                                                proposal.origins().toArray(String[]::new),
                                                utc(approval.proposedAt()),
                                                utc(approval.expiresAt())))
                                .update());
    }

    /// @return false when somebody else has decided before
    boolean decide(UUID id, boolean approved, Actor actor, String reason, Instant now) {
        return ask(() ->
                jdbc.sql(DECIDE)
                        .params(
                                list(
                                        id,
                                        approved,
                                        reason,
                                        actor.kind(),
                                        actor.subject(),
                                        actor.address(),
                                        utc(now)))
                        .update())
                == 1;
    }

    Optional<Proposal> find(UUID id, Instant now) {
        return ask(() ->
                jdbc.sql(SELECT + "AND a.id = ?")
                        .param(id)
                        .query((row, _) -> proposal(row, now))
                        .optional());
    }

    /// The youngest first.
    ///
    /// @param after the last one of the page before; null: begin
    List<Approval> list(
            Approval.@Nullable State state, @Nullable UUID after, int limit, Instant now) {
        StringBuilder sql = new StringBuilder(SELECT);
        List<Object> parameters = new ArrayList<>();
        if (state != null) {
            switch (state) {
                case APPROVED -> sql.append("AND d.approved\n");
                case REJECTED -> sql.append("AND NOT d.approved\n");
                case PENDING -> {
                    sql.append("AND d.approval_id IS NULL AND a.expires_at > ?\n");
                    parameters.add(utc(now));
                }
                case EXPIRED -> {
                    sql.append("AND d.approval_id IS NULL AND a.expires_at <= ?\n");
                    parameters.add(utc(now));
                }
            }
        }
        if (after != null) {
            sql.append(
                    """
                    AND (a.proposed_at, a.id) < (
                        SELECT last.proposed_at, last.id FROM admin.approval last WHERE last.id = ?)
                    """);
            parameters.add(after);
        }
        sql.append("ORDER BY a.proposed_at DESC, a.id DESC LIMIT ?");
        parameters.add(limit);
        return ask(() ->
                jdbc.sql(sql.toString())
                        .params(parameters)
                        .query((row, _) -> proposal(row, now).approval())
                        .list());
    }

    /// Whether the same act waits already.
    Optional<UUID> waiting(String act, String target, String expected, Instant now) {
        return ask(() ->
                jdbc.sql(
                                """
                                SELECT a.id FROM admin.approval a
                                WHERE a.act = ? AND a.target = ? AND a.expected = ?
                                AND a.expires_at > ? AND NOT EXISTS (
                                    SELECT FROM admin.approval_decision d
                                    WHERE d.approval_id = a.id)
                                LIMIT 1
                                """)
                        .params(act, target, expected, utc(now))
                        .query(UUID.class)
                        .optional());
    }

    /// Whether anybody was here as admin before.
    boolean hasFirstAdmin() {
        return ask(() ->
                jdbc.sql("SELECT EXISTS (SELECT FROM admin.first_admin)")
                        .query(Boolean.class)
                        .single());
    }

    void rememberFirstAdmin(Actor actor) {
        int _ =
                ask(() ->
                        jdbc.sql(
                                        """
                                        INSERT INTO admin.first_admin (actor_kind, actor_subject)
                                        VALUES (?, ?)
                                        ON CONFLICT DO NOTHING
                                        """)
                                .params(actor.kind(), actor.subject())
                                .update());
    }

    private static Proposal proposal(ResultSet row, Instant now) throws SQLException {
        Instant expiresAt = instant(row, "expires_at");
        boolean approved = row.getBoolean("approved");
        boolean decided = !row.wasNull();
        Approval.State state =
                decided
                        ? approved ? Approval.State.APPROVED : Approval.State.REJECTED
                        : expiresAt.isAfter(now) ? Approval.State.PENDING : Approval.State.EXPIRED;
        return new Proposal(
                new Approval(
                        row.getObject("id", UUID.class),
                        row.getString("act"),
                        row.getString("target"),
                        row.getString("reason"),
                        actor(row, "proposer"),
                        instant(row, "proposed_at"),
                        expiresAt,
                        state,
                        decided ? actor(row, "decider") : null,
                        decided ? instant(row, "decided_at") : null,
                        decided ? row.getString("decision_reason") : ""),
                row.getString("expected"),
                origins(row.getArray("proposer_origins")));
    }

    private static Set<String> origins(@Nullable Array origins) throws SQLException {
        return origins == null ? Set.of() : Set.of((String[]) origins.getArray());
    }

    private static Actor actor(ResultSet row, String prefix) throws SQLException {
        return new Actor(
                row.getString(prefix + "_kind"),
                row.getString(prefix + "_subject"),
                row.getString(prefix + "_address"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static List<@Nullable Object> list(@Nullable Object... parameters) {
        List<@Nullable Object> list = new ArrayList<>();
        Collections.addAll(list, parameters);
        return list;
    }

    private static <T> T ask(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("approvals are not to be had", e);
        }
    }
}
