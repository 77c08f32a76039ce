package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Consumer;

/// A place in the commit queue and, once handed over, what waits in it. Handed over by one thread,
/// decided by another; the queue's lock is between them.
final class PendingIssuance implements Ledger.Place {

    private static final Logger LOG = LoggerFactory.getLogger(PendingIssuance.class);

    private final CommitQueue queue;
    private final LedgerMetrics metrics;
    private boolean used;
    private @Nullable IssuanceRecord issuance;
    private @Nullable Consumer<Ledger.RecordOutcome> whenDecided;

    PendingIssuance(CommitQueue queue, LedgerMetrics metrics) {
        this.queue = queue;
        this.metrics = metrics;
    }

    @Override
    public void record(IssuanceRecord issuance, Consumer<Ledger.RecordOutcome> whenDecided) {
        use();
        this.issuance = issuance;
        this.whenDecided = whenDecided;
        if (!queue.offer(this)) {
            decide(new Ledger.Unavailable(queue.refusal()));
        }
    }

    @Override
    public void giveUp() {
        use();
        queue.freePlace();
    }

    IssuanceRecord issuance() {
        if (issuance == null) {
            throw new IllegalStateException("nothing was handed over for this place");
        }
        return issuance;
    }

    /// The place is free before the answer is given, so that what the answer sets off finds it so.
    void decide(Ledger.RecordOutcome outcome) {
        Consumer<Ledger.RecordOutcome> answer = whenDecided;
        if (answer == null) {
            throw new IllegalStateException("decided before: " + outcome);
        }
        whenDecided = null;
        queue.freePlace();
        metrics.decided(outcome);
        try {
            answer.accept(outcome);
        } catch (Throwable e) { // one caller's fault must not stop the writer for all others
            LOG.error("The receiver of a ledger outcome failed", e);
        }
    }

    private void use() {
        if (used) {
            throw new IllegalStateException("this place in the commit queue was used before");
        }
        used = true;
    }
}
