package dev.signet.ca.suspension;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The state in `halt.state_change` and a copy in memory.
final class JdbcSuspensions implements Suspensions {

    private static final Logger log = LoggerFactory.getLogger(JdbcSuspensions.class);

    private static final int MAX_REASON_LENGTH = 1024;
    private static final Duration RETRY_WHEN_SUSPENDED = Duration.ofSeconds(30);
    private static final Duration RETRY_WHEN_UNKNOWN = Duration.ofSeconds(1);

    private static final String LAST =
            """
            SELECT number, halted, reason, actor_kind, actor_subject, changed_at
            FROM halt.state_change
            ORDER BY number DESC
            LIMIT 1
            """;

    /// Of two that follow the same state the second waits for the first, and then inserts nothing.
    private static final String INSERT =
            """
            INSERT INTO halt.state_change (number, halted, reason, actor_kind, actor_subject)
            VALUES (:number, :suspended, :reason, :actorKind, :actorSubject)
            ON CONFLICT DO NOTHING
            RETURNING number, halted, reason, actor_kind, actor_subject, changed_at
            """;

    private final JdbcClient jdbc;
    private final LongSupplier nanoTime;

    private volatile SuspensionState current = SuspensionState.NEVER;
    private volatile long readAtNanos;
    private boolean failedBefore;

    /// @param jdbc whose statements and connections end within 5 s
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    JdbcSuspensions(JdbcClient jdbc, LongSupplier nanoTime) {
        this.jdbc = jdbc;
        this.nanoTime = nanoTime;
        this.readAtNanos = nanoTime.getAsLong();
        take(read());
    }

    @Override
    public SuspensionState current() {
        return current;
    }

    @Override
    public Optional<Refusal> refusal() {
        SuspensionState state = current;
        if (state.suspended()) {
            return Optional.of(
                    Refusal.of(
                                    RefusalCode.SUSPENDED,
                                    "An operator has suspended issuance: "
                                            + PrintableText.of(state.reason(), MAX_REASON_LENGTH))
                            .retryAfter(RETRY_WHEN_SUSPENDED));
        }
        if (nanoTime.getAsLong() - readAtNanos
                > TimeUnit.SECONDS.toNanos(LONGEST_UNKNOWN_SECONDS)) {
            return Optional.of(
                    Refusal.withDiagnosis(
                                    RefusalCode.LEDGER_UNAVAILABLE,
                                    "The CA's database did not answer. Retry after the given time.",
                                    "whether issuance is suspended could not be read for "
                                            + LONGEST_UNKNOWN_SECONDS
                                            + " s")
                            .retryAfter(RETRY_WHEN_UNKNOWN));
        }
        return Optional.empty();
    }

    @Override
    public SuspensionState read() {
        return ask(
                "whether issuance is suspended could not be read",
                () ->
                        jdbc.sql(LAST)
                                .query(JdbcSuspensions::state)
                                .optional()
                                .orElse(SuspensionState.NEVER));
    }

    /// Reads what is on record. Never throws. One at a time, so that what was read later is taken
    /// later.
    synchronized void look() {
        try {
            // Before the question: so old is the answer at most.
            long now = nanoTime.getAsLong();
            take(read());
            readAtNanos = now;
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                log.warn("Whether issuance is suspended could not be read; trying again", e);
            }
            failedBefore = true;
        }
    }

    @Override
    public Change change(Actor actor, boolean suspended, String reason, long expected) {
        if (reason.isEmpty() || reason.length() > MAX_REASON_LENGTH) {
            throw new IllegalArgumentException(
                    "reason of " + reason.length() + " characters (expected: 1 to 1024)");
        }
        SuspensionState before = read();
        if (before.number() != expected) {
            return new Change.Stale(before);
        }
        if (before.suspended() == suspended) {
            return new Change.AlreadySo(before);
        }
        Optional<SuspensionState> done =
                ask(
                        "the change of the suspension was not put on record",
                        () ->
                                jdbc.sql(INSERT)
                                        .param("number", expected + 1)
                                        .param("suspended", suspended)
                                        .param("reason", reason)
                                        .param("actorKind", actor.kind())
                                        .param("actorSubject", actor.subject())
                                        .query(JdbcSuspensions::state)
                                        .optional());
        if (done.isEmpty()) {
            return new Change.Stale(read());
        }
        observeAfterCommit();
        return new Change.Done(done.get());
    }

    /// Whoever is told that issuance is suspended finds this replica suspended.
    private void observeAfterCommit() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                        @Override
                        public void afterCompletion(int status) {
                            look();
                        }
                    });
        } else {
            look();
        }
    }

    private synchronized void take(SuspensionState state) {
        if (state.number() == current.number()) {
            return;
        }
        current = state;
        if (state.suspended()) {
            log.warn("Issuance is suspended since {}: {}", state.since(), state.reason());
        } else {
            log.info("Issuance goes on: {}", state.reason());
        }
    }

    private static SuspensionState state(ResultSet row, int number) throws SQLException {
        return new SuspensionState(
                row.getLong("number"),
                row.getBoolean("halted"),
                row.getString("reason"),
                new Actor(row.getString("actor_kind"), row.getString("actor_subject"), null),
                row.getObject("changed_at", OffsetDateTime.class).toInstant());
    }

    private static <T> T ask(String failure, Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException(failure, e);
        }
    }
}
