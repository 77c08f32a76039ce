package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// The tables `revocation.block` and `revocation.block_release`, and what is in force in memory.
final class JdbcBlocks implements Blocks, BlockRegister {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcBlocks.class);

    private static final int LONGEST_UNKNOWN_SECONDS = 10;
    private static final int MAX_LIMIT = 1000;

    /// Held until commit by whoever blocks or releases.
    private static final long LOCK = 5131471623550304347L;

    private static final String SELECT =
            """
            SELECT b.number, b.target, b.reason, b.actor_kind, b.actor_subject, b.blocked_at,
                r.reason AS release_reason, r.actor_kind AS release_actor_kind,
                r.actor_subject AS release_actor_subject, r.released_at
            FROM revocation.block b LEFT JOIN revocation.block_release r USING (number)
            WHERE true
            """;

    private static final String IN_FORCE =
            """
            SELECT b.target
            FROM revocation.block b
            WHERE NOT EXISTS (
                SELECT FROM revocation.block_release r WHERE r.number = b.number)
            """;

    private static final String INSERT =
            """
            INSERT INTO revocation.block (number, target, reason, actor_kind, actor_subject)
            SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM revocation.block
            """;

    private static final String RELEASE =
            """
            INSERT INTO revocation.block_release (number, reason, actor_kind, actor_subject)
            VALUES (?, ?, ?, ?)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final LongSupplier nanoTime;

    private volatile InForce inForce = new InForce(Set.of(), Set.of());
    private volatile long readAtNanos;
    private boolean failedBefore;

    /// @param trees with their slash
    private record InForce(Set<String> identities, Set<String> trees) {

        boolean covers(SpiffeId id) {
            if (identities.isEmpty() && trees.isEmpty()) {
                return false;
            }
            String name = id.toString();
            if (identities.contains(name)) {
                return true;
            }
            if (trees.isEmpty()) {
                return false;
            }
            int first = name.length() - id.path().length();
            for (int slash = first; slash >= 0; slash = name.indexOf('/', slash + 1)) {
                if (trees.contains(name.substring(0, slash + 1))) {
                    return true;
                }
            }
            return false;
        }
    }

    /// @param jdbc whose statements and connections end within 5 s
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    JdbcBlocks(JdbcClient jdbc, TransactionOperations transactions, LongSupplier nanoTime) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.nanoTime = nanoTime;
        this.readAtNanos = nanoTime.getAsLong();
        this.inForce = read();
    }

    @Override
    public Optional<Refusal> objection(SpiffeId spiffeId) {
        if (inForce.covers(spiffeId)) {
            return Optional.of(
                    Refusal.of(
                            RefusalCode.IDENTITY_BLOCKED,
                            "An operator has blocked this identity: it gets no certificate until it"
                                    + " is released."));
        }
        return StaleKnowledge.objection(
                "which identities are blocked",
                nanoTime.getAsLong() - readAtNanos,
                LONGEST_UNKNOWN_SECONDS);
    }

    int size() {
        InForce now = inForce;
        return now.identities.size() + now.trees.size();
    }

    /// Seconds since PostgreSQL last answered.
    double ageSeconds() {
        return (nanoTime.getAsLong() - readAtNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private InForce read() {
        Set<String> targets =
                JdbcQuestions.ask(
                        "which identities are blocked could not be read",
                        () -> Set.copyOf(jdbc.sql(IN_FORCE).query(String.class).list()));
        return new InForce(
                targets.stream()
                        .filter(target -> !target.endsWith("/"))
                        .collect(Collectors.toUnmodifiableSet()),
                targets.stream()
                        .filter(target -> target.endsWith("/"))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /// Reads what is on record. Never throws. One at a time, so that what was read later is taken
    /// later.
    synchronized void look() {
        try {
            // Before the question: so old is the answer at most.
            long now = nanoTime.getAsLong();
            inForce = read();
            readAtNanos = now;
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("Which identities are blocked could not be read; trying again", e);
            }
            failedBefore = true;
        }
    }

    @Override
    public Outcome block(BlockTarget target, String reason, Actor actor) {
        requireReason(reason);
        return locked(
                "the block was not put on record",
                () -> {
                    Optional<Block> before =
                            jdbc.sql(SELECT + "AND b.target = ? AND r.number IS NULL")
                                    .param(target.text())
                                    .query(JdbcBlocks::block)
                                    .optional();
                    if (before.isPresent()) {
                        return new Outcome.AlreadyBlocked(before.get());
                    }
                    int count =
                            jdbc.sql("SELECT count(*) FROM (" + IN_FORCE + ") blocked")
                                    .query(Integer.class)
                                    .single();
                    if (count >= MOST_IN_FORCE) {
                        return new Outcome.TooMany();
                    }
                    int _ =
                            jdbc.sql(INSERT)
                                    .params(target.text(), reason, actor.kind(), actor.subject())
                                    .update();
                    observeAfterCommit();
                    return new Outcome.Blocked(
                            jdbc.sql(SELECT + "AND b.target = ? AND r.number IS NULL")
                                    .param(target.text())
                                    .query(JdbcBlocks::block)
                                    .single());
                });
    }

    @Override
    public Released release(long number, String reason, Actor actor) {
        requireReason(reason);
        return locked(
                "the release of a block was not put on record",
                () -> {
                    Optional<Block> before = find(number);
                    if (before.isEmpty()) {
                        return new Released.NotFound();
                    }
                    if (before.get().release() != null) {
                        return new Released.AlreadyReleased(before.get());
                    }
                    int _ =
                            jdbc.sql(RELEASE)
                                    .params(number, reason, actor.kind(), actor.subject())
                                    .update();
                    observeAfterCommit();
                    return new Released.Done(find(number).orElseThrow());
                });
    }

    private <T> T locked(String failure, java.util.function.Supplier<T> act) {
        return JdbcQuestions.ask(
                failure,
                () ->
                        Objects.requireNonNull(
                                transactions.execute(_ -> {
                                    var _ =
                                            jdbc.sql("SELECT pg_advisory_xact_lock(?)")
                                                    .param(LOCK)
                                                    .query((_, _) -> true)
                                                    .single();
                                    return act.get();
                                })));
    }

    private void observeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCompletion(int status) {
                        look();
                    }
                });
    }

    private static void requireReason(String reason) {
        if (reason.isEmpty() || reason.length() > RevocationCause.MAX_COMMENT_LENGTH) {
            throw new IllegalArgumentException(
                    "reason of " + reason.length() + " characters (expected: 1 to 1024)");
        }
    }

    @Override
    public Optional<Block> find(long number) {
        return JdbcQuestions.ask(
                "a block could not be read",
                () ->
                        jdbc.sql(SELECT + "AND b.number = ?")
                                .param(number)
                                .query(JdbcBlocks::block)
                                .optional());
    }

    @Override
    public Page list(@Nullable Boolean inForce, int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        StringBuilder sql = new StringBuilder(SELECT);
        List<Object> parameters = new ArrayList<>();
        if (inForce != null) {
            sql.append(inForce ? "AND r.number IS NULL\n" : "AND r.number IS NOT NULL\n");
        }
        if (pageToken != null) {
            sql.append("AND b.number < ?\n");
            parameters.add(Long.parseLong(pageToken));
        }
        sql.append("ORDER BY b.number DESC LIMIT ?");
        parameters.add(limit + 1);
        List<Block> found =
                JdbcQuestions.ask(
                        "blocks could not be read",
                        () ->
                                jdbc.sql(sql.toString())
                                        .params(parameters)
                                        .query(JdbcBlocks::block)
                                        .list());
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<Block> blocks = List.copyOf(found.subList(0, limit));
        return new Page(blocks, Long.toString(blocks.getLast().number()));
    }

    private static Block block(ResultSet row, int number) throws SQLException {
        OffsetDateTime releasedAt = row.getObject("released_at", OffsetDateTime.class);
        return new Block(
                row.getLong("number"),
                BlockTarget.parse(row.getString("target")).orElseThrow(),
                row.getString("reason"),
                new Actor(row.getString("actor_kind"), row.getString("actor_subject"), null),
                row.getObject("blocked_at", OffsetDateTime.class).toInstant(),
                releasedAt == null
                        ? null
                        : new Block.Release(
                                row.getString("release_reason"),
                                new Actor(
                                        row.getString("release_actor_kind"),
                                        row.getString("release_actor_subject"),
                                        null),
                                releasedAt.toInstant()));
    }
}
