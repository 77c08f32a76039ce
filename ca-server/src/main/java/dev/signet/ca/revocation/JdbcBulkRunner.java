package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.CertificateSelection;
import dev.signet.ca.ledger.CertificateSelection.Batch;
import dev.signet.ca.revocation.BulkRevocations.Job;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// Makes the steps of bulk revocations. Every replica does so; a lock held for the length of a step
/// lets one at a time. Thread-safe.
final class JdbcBulkRunner {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcBulkRunner.class);

    static final Duration IDLE = Duration.ofSeconds(1);

    private static final int MAX_STEP = 1_000;
    private static final int MAX_JOBS = 100;

    private static final String UNDER_WAY =
            """
            SELECT s.job_id FROM revocation.job_start s
            WHERE NOT EXISTS (
                    SELECT FROM revocation.job_step t WHERE t.job_id = s.job_id AND t.final)
                AND NOT EXISTS (
                    SELECT FROM revocation.job_cancellation c WHERE c.job_id = s.job_id)
            ORDER BY s.started_at
            LIMIT ?
            """;

    private static final String ADD_STEP =
            """
            INSERT INTO revocation.job_step (job_id, step, revoked, position, final)
            VALUES (?, ?, ?, ?, ?)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final CertificateSelection selection;
    private final JdbcRevocationInsert insert;
    private boolean failedBefore;

    JdbcBulkRunner(
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateSelection selection,
            JdbcRevocationInsert insert) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.selection = selection;
        this.insert = insert;
    }

    /// One step of each that is due; one that fails does not keep the others from theirs.
    ///
    /// @return how long to wait before the next call
    Duration run() {
        Duration wait = IDLE;
        boolean failed = false;
        for (UUID id : underWay()) {
            try {
                Duration due = step(id);
                wait = due.compareTo(wait) < 0 ? due : wait;
            } catch (RuntimeException e) {
                failed = true;
                if (!failedBefore) {
                    LOG.warn("A step of bulk revocation {} failed; trying again", id, e);
                }
            }
        }
        failedBefore = failed;
        return wait;
    }

    private List<UUID> underWay() {
        try {
            return JdbcQuestions.ask(
                    "bulk revocations could not be read",
                    () -> jdbc.sql(UNDER_WAY).param(MAX_JOBS).query(UUID.class).list());
        } catch (RuntimeException e) {
            LOG.debug("Bulk revocations could not be read; trying again", e);
            return List.of();
        }
    }

    private record Standing(Job job, int step, @Nullable String position, Instant now) {}

    /// @return how long until the next one
    private Duration step(UUID id) {
        return JdbcQuestions.ask(
                "a step of a bulk revocation was not put on record",
                () -> Objects.requireNonNull(transactions.execute(_ -> stepLocked(id))));
    }

    private Duration stepLocked(UUID id) {
        boolean mine =
                jdbc.sql("SELECT pg_try_advisory_xact_lock(?)")
                        .param(JdbcBulkRevocations.lock(id))
                        .query(Boolean.class)
                        .single();
        if (!mine) {
            return IDLE;
        }
        Standing standing =
                jdbc.sql(
                                "SELECT clock_timestamp() AS now, found.* FROM ("
                                        + JdbcBulkRevocations.SELECT
                                        + "AND j.id = ?) found")
                        .param(id)
                        .query((row, number) ->
                                new Standing(
                                        JdbcBulkRevocations.job(row, number),
                                        row.getInt("step"),
                                        row.getString("position"),
                                        row.getObject("now", OffsetDateTime.class).toInstant()))
                        .single();
        Job job = standing.job();
        if (job.state() != BulkRevocations.State.RUNNING) {
            return IDLE;
        }
        int size = Math.min(job.rate(), MAX_STEP);
        Duration pace = Duration.ofNanos(1_000_000_000L * size / job.rate());
        Instant last = job.lastStepAt();
        if (last != null) {
            Duration left = Duration.between(standing.now(), last.plus(pace));
            if (left.isPositive()) {
                return left;
            }
        }
        Batch batch =
                selection.next(
                        job.selector().criteria(job.issuedBefore(), standing.now()),
                        standing.position(),
                        size);
        boolean all = batch.last() && standing.now().isAfter(job.issuedBefore());
        if (batch.certificates().isEmpty()
                && !all
                && batch.position().equals(standing.position())) {
            return IDLE;
        }
        int revoked = revoke(job, batch);
        int _ =
                jdbc.sql(ADD_STEP)
                        .params(
                                id,
                                standing.step() + 1,
                                job.revoked() + revoked,
                                batch.position(),
                                all)
                        .update();
        if (all) {
            LOG.info("Bulk revocation {} is done: {} revoked", id, job.revoked() + revoked);
            return IDLE;
        }
        return pace;
    }

    private int revoke(Job job, Batch batch) {
        if (batch.certificates().isEmpty()) {
            return 0;
        }
        Actor actor = job.by();
        return insert.insert(
                batch.certificates().stream()
                        .map(certificate ->
                                new Revocable(
                                        certificate.serialNumber(),
                                        certificate.authorityId(),
                                        certificate.notAfter(),
                                        certificate.spiffeId(),
                                        true))
                        .toList(),
                new RevocationCause(job.reason(), job.comment(), actor),
                job.id());
    }
}
