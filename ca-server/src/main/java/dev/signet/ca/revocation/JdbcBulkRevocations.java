package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.CertificateSelection;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import tools.jackson.databind.json.JsonMapper;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The tables `revocation.job` and what belongs to it.
final class JdbcBulkRevocations implements BulkRevocations {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final int MAX_LIMIT = 1000;
    private static final Duration PREVIEW_LIFE = Duration.ofHours(1);

    /// Until every replica knows of a block and has committed what it had decided before.
    private static final Duration UNTIL_BLOCKED = Duration.ofSeconds(5);

    static final String SELECT =
            """
            SELECT j.id, j.selector, j.issued_before, j.expected, j.exact, j.reason, j.comment,
                j.rate, j.actor_kind, j.actor_subject, j.created_at,
                s.job_id IS NOT NULL AS started, c.job_id IS NOT NULL AS cancelled,
                coalesce(p.final, false) AS final, coalesce(p.revoked, 0) AS revoked,
                p.made_at, p.step, p.position
            FROM revocation.job j
            LEFT JOIN revocation.job_start s ON s.job_id = j.id
            LEFT JOIN revocation.job_cancellation c ON c.job_id = j.id
            LEFT JOIN LATERAL (
                SELECT t.step, t.revoked, t.position, t.final, t.made_at
                FROM revocation.job_step t WHERE t.job_id = j.id
                ORDER BY t.step DESC LIMIT 1) p ON true
            WHERE true
            """;

    private static final String INSERT =
            """
            INSERT INTO revocation.job
                (id, selector, issued_before, expected, exact, reason, comment, rate, actor_kind,
                 actor_subject)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final CertificateSelection selection;
    private final SecureRandom random;

    /// @param transactions joins the caller's transaction, or begins one
    JdbcBulkRevocations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateSelection selection,
            SecureRandom random) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.selection = selection;
        this.random = random;
    }

    @Override
    public Preview preview(CertificateSelector selector) {
        Instant asOf = now();
        var criteria = selector.criteria(asOf, asOf);
        var sample = selection.next(criteria, null, SAMPLE).certificates();
        var summary = selection.summary(criteria, COUNTED);
        PreviewToken token = PreviewToken.of(selector, asOf, summary);
        return new Preview(token.count(), summary.exact(), sample, token.text(), asOf);
    }

    private boolean isUnchanged(CertificateSelector selector, PreviewToken token) {
        var criteria = selector.criteria(token.asOf(), token.asOf());
        return PreviewToken.of(selector, token.asOf(), selection.summary(criteria, COUNTED))
                .equals(token);
    }

    @Override
    public Created create(Order order) {
        Optional<PreviewToken> parsed = PreviewToken.parse(order.token());
        Instant now = now();
        if (parsed.isEmpty()
                || parsed.get().asOf().isAfter(now)
                || parsed.get().asOf().isBefore(now.minus(PREVIEW_LIFE))
                || !isUnchanged(order.selector(), parsed.get())) {
            return new Created.Changed();
        }
        PreviewToken token = parsed.get();
        UUID id = id(now);
        RevocationCause cause = order.cause();
        Instant end = order.blocked() ? now.plus(UNTIL_BLOCKED) : token.asOf();
        return JdbcQuestions.ask(
                "the bulk revocation was not put on record",
                () -> {
                    int _ =
                            jdbc.sql(INSERT)
                                    .params(
                                            id,
                                            JSON.writeValueAsString(order.selector()),
                                            end.atOffset(ZoneOffset.UTC),
                                            token.count(),
                                            token.exact(),
                                            cause.reason().text(),
                                            cause.comment(),
                                            order.rate(),
                                            cause.actor().kind(),
                                            cause.actor().subject())
                                    .update();
                    return new Created.Done(find(id).orElseThrow());
                });
    }

    @Override
    public boolean startIfUnchanged(UUID id, String token) {
        Optional<Job> job = find(id);
        Optional<PreviewToken> parsed = PreviewToken.parse(token);
        if (job.isEmpty()
                || parsed.isEmpty()
                || job.get().state() != State.WAITING
                || !isUnchanged(job.get().selector(), parsed.get())) {
            return false;
        }
        start(id);
        return true;
    }

    @Override
    public void start(UUID id) {
        int _ =
                JdbcQuestions.ask(
                        "the start of a bulk revocation was not put on record",
                        () ->
                                jdbc.sql(
                                                "INSERT INTO revocation.job_start (job_id) VALUES"
                                                        + " (?) ON CONFLICT DO NOTHING")
                                        .param(id)
                                        .update());
    }

    @Override
    public Cancelled cancel(UUID id, String reason, Actor actor) {
        return JdbcQuestions.ask(
                "the end of a bulk revocation was not put on record",
                () ->
                        Objects.requireNonNull(
                                transactions.execute(_ -> {
                                    // Waits for the step that is being made.
                                    var _ =
                                            jdbc.sql("SELECT pg_advisory_xact_lock(?)")
                                                    .param(lock(id))
                                                    .query((_, _) -> true)
                                                    .single();
                                    return cancelLocked(id, reason, actor);
                                })));
    }

    private Cancelled cancelLocked(UUID id, String reason, Actor actor) {
        Optional<Job> job = find(id);
        if (job.isEmpty()) {
            return new Cancelled.NotFound();
        }
        return switch (job.get().state()) {
            case DONE, CANCELLED -> new Cancelled.Over(job.get());
            case WAITING, RUNNING -> {
                int _ =
                        jdbc.sql(
                                        """
                                        INSERT INTO revocation.job_cancellation
                                            (job_id, reason, actor_kind, actor_subject)
                                        VALUES (?, ?, ?, ?)
                                        """)
                                .params(id, reason, actor.kind(), actor.subject())
                                .update();
                yield new Cancelled.Done(find(id).orElseThrow());
            }
        };
    }

    /// Held until commit by whoever makes a step of it, or ends it.
    static long lock(UUID id) {
        return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
    }

    @Override
    public Optional<Job> find(UUID id) {
        return JdbcQuestions.ask(
                "a bulk revocation could not be read",
                () ->
                        jdbc.sql(SELECT + "AND j.id = ?")
                                .param(id)
                                .query(JdbcBulkRevocations::job)
                                .optional());
    }

    @Override
    public Page list(int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        StringBuilder sql = new StringBuilder(SELECT);
        List<Object> parameters = new ArrayList<>();
        if (pageToken != null) {
            // Of version 7: in order of time.
            sql.append("AND j.id < ?\n");
            parameters.add(UUID.fromString(pageToken));
        }
        sql.append("ORDER BY j.id DESC LIMIT ?");
        parameters.add(limit + 1);
        List<Job> found =
                JdbcQuestions.ask(
                        "bulk revocations could not be read",
                        () ->
                                jdbc.sql(sql.toString())
                                        .params(parameters)
                                        .query(JdbcBulkRevocations::job)
                                        .list());
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<Job> jobs = List.copyOf(found.subList(0, limit));
        return new Page(jobs, jobs.getLast().id().toString());
    }

    private Instant now() {
        Supplier<Instant> question =
                () ->
                        jdbc.sql("SELECT clock_timestamp()")
                                .query(OffsetDateTime.class)
                                .single()
                                .toInstant()
                                .truncatedTo(ChronoUnit.MICROS);
        return JdbcQuestions.ask("PostgreSQL did not say what time it is", question);
    }

    /// RFC 9562, version 7.
    private UUID id(Instant now) {
        long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    static Job job(ResultSet row, int number) throws SQLException {
        OffsetDateTime madeAt = row.getObject("made_at", OffsetDateTime.class);
        return new Job(
                row.getObject("id", UUID.class),
                JSON.readValue(row.getString("selector"), CertificateSelector.class),
                row.getObject("issued_before", OffsetDateTime.class).toInstant(),
                row.getLong("expected"),
                row.getBoolean("exact"),
                RevocationReason.of(row.getString("reason")).orElseThrow(),
                row.getString("comment"),
                row.getInt("rate"),
                new Actor(row.getString("actor_kind"), row.getString("actor_subject"), null),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                state(row),
                row.getLong("revoked"),
                madeAt == null ? null : madeAt.toInstant());
    }

    private static State state(ResultSet row) throws SQLException {
        if (row.getBoolean("final")) {
            return State.DONE;
        }
        if (row.getBoolean("cancelled")) {
            return State.CANCELLED;
        }
        return row.getBoolean("started") ? State.RUNNING : State.WAITING;
    }
}
