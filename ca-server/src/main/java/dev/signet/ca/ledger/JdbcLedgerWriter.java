package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Takes what waits, commits it, answers. One thread each, with a connection of its own.
///
/// Whatever goes wrong in a way that leaves the outcome of a commit open ends the connection and is
/// answered with [Ledger.Unavailable] for every issuance in that commit: PostgreSQL rolls back what
/// it did not commit when its connection ends.
final class JdbcLedgerWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcLedgerWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private final JdbcSession.Source sessions;
    private final CommitQueue queue;
    private final LedgerMetrics metrics;
    private final int batchLimit;
    private final Duration probeInterval;
    private volatile @Nullable JdbcSession session;
    private Duration pause = FIRST_PAUSE;
    private @Nullable LedgerProblem logged;

    JdbcLedgerWriter(
            JdbcSession.Source sessions,
            CommitQueue queue,
            LedgerMetrics metrics,
            LedgerSettings settings) {
        this.sessions = sessions;
        this.queue = queue;
        this.metrics = metrics;
        this.batchLimit = settings.batchLimit();
        this.probeInterval = settings.probeInterval();
    }

    @Override
    public void run() {
        while (true) {
            JdbcSession current = session;
            if (current == null) {
                if (queue.closed()) {
                    return;
                }
                queue.pause(pause);
                pause = min(pause.multipliedBy(2), probeInterval);
                connect();
                continue;
            }
            List<PendingIssuance> batch = queue.take(batchLimit, probeInterval);
            if (!batch.isEmpty()) {
                commit(current, batch);
            } else if (queue.closed()) {
                session = null;
                current.close();
                refuse(queue.writerDisconnected(queue.refusal(), LedgerProblem.LEDGER_UNAVAILABLE));
                return;
            } else {
                probe(current);
            }
        }
    }

    /// One attempt to connect; leaves no session when it fails.
    void connect() {
        try {
            session = sessions.open();
            pause = FIRST_PAUSE;
            queue.writerConnected();
            if (logged != null) {
                logged = null;
                LOG.info("The ledger is connected to PostgreSQL again");
            }
        } catch (SQLException | RuntimeException e) {
            LedgerProblem problem = JdbcProblem.of(e);
            warnOnce(problem, e);
            queue.writerNotConnected(problem.text() + ": " + e, problem);
        }
    }

    /// Ends the connection from another thread, whatever the writer waits for.
    void abort() {
        JdbcSession current = session;
        if (current != null) {
            current.abort();
        }
    }

    private void commit(JdbcSession current, List<PendingIssuance> batch) {
        List<PendingIssuance> together = new ArrayList<>(batch.size());
        List<PendingIssuance> alone = new ArrayList<>();
        for (PendingIssuance pending : batch) {
            (pending.issuance().joinToken() == null ? together : alone).add(pending);
        }
        if (!together.isEmpty()) {
            commitTogether(current, together);
        }
        commitOneByOne(current, alone);
    }

    private void commitTogether(JdbcSession current, List<PendingIssuance> batch) {
        List<IssuanceRecord> rows = new ArrayList<>(batch.size());
        for (PendingIssuance pending : batch) {
            rows.add(pending.issuance());
        }
        long begin = System.nanoTime();
        List<Ledger.RecordOutcome> outcomes;
        try {
            outcomes = current.record(rows);
        } catch (SQLException e) {
            if (JdbcSession.concernsRowsOnly(e)) {
                // One row spoilt the statement for all; by itself only that one fails.
                commitOneByOne(current, batch);
            } else {
                lost(current, batch, e);
            }
            return;
        } catch (RuntimeException | Error e) {
            lost(current, batch, e);
            return;
        }
        metrics.committed(batch.size(), System.nanoTime() - begin);
        for (int i = 0; i < outcomes.size(); i++) {
            batch.get(i).decide(outcomes.get(i));
        }
    }

    private void commitOneByOne(JdbcSession current, List<PendingIssuance> batch) {
        boolean waited = false;
        for (PendingIssuance pending : batch) {
            if (session != current) {
                pending.decide(new Ledger.Unavailable("the connection to PostgreSQL was lost"));
                continue;
            }
            try {
                commitAlone(current, pending);
            } catch (SQLException e) {
                // One row may wait for a lock; a batch in which each does would hold up all others.
                if (!JdbcSession.concernsRowsOnly(e) || (waited && JdbcSession.isLockTimeout(e))) {
                    lost(current, List.of(pending), e);
                } else {
                    waited |= JdbcSession.isLockTimeout(e);
                    pending.decide(refused(pending, e));
                }
            } catch (RuntimeException | Error e) {
                lost(current, List.of(pending), e);
            }
        }
    }

    private void commitAlone(JdbcSession current, PendingIssuance pending) throws SQLException {
        long begin = System.nanoTime();
        Ledger.RecordOutcome outcome = current.recordAlone(pending.issuance());
        metrics.committed(1, System.nanoTime() - begin);
        pending.decide(outcome);
    }

    private static Ledger.RecordOutcome refused(PendingIssuance pending, SQLException e) {
        if (JdbcSession.isUniqueViolation(e)) {
            return new Ledger.SerialNumberTaken();
        }
        LOG.error(
                "PostgreSQL refused the record of serial number {}: {}",
                pending.issuance().certificate().content().serialNumber(),
                e.toString());
        return new Ledger.Unavailable("PostgreSQL refused the record: " + e);
    }

    private void probe(JdbcSession current) {
        try {
            current.probe();
        } catch (SQLException | RuntimeException e) {
            lost(current, List.of(), e);
        }
    }

    /// First the state, then the answers: who asks again at once is refused at once.
    private void lost(JdbcSession current, List<PendingIssuance> undecided, Throwable cause) {
        LedgerProblem problem = JdbcProblem.of(cause);
        warnOnce(problem, cause);
        Ledger.Unavailable unavailable =
                new Ledger.Unavailable("PostgreSQL did not confirm the commit: " + cause);
        session = null;
        current.abort();
        List<PendingIssuance> waiting =
                queue.writerDisconnected(problem.text() + ": " + cause, problem);
        undecided.forEach(pending -> pending.decide(unavailable));
        refuse(waiting);
    }

    private void refuse(List<PendingIssuance> waiting) {
        waiting.forEach(pending -> pending.decide(new Ledger.Unavailable(queue.refusal())));
    }

    /// Once for each kind of problem until it is over.
    private void warnOnce(LedgerProblem problem, Throwable cause) {
        if (logged != problem) {
            logged = problem;
            LOG.warn(
                    "The ledger cannot record, so nothing is issued until it can again: {} ({}):"
                            + " {}",
                    problem.text(),
                    problem,
                    cause.toString());
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
