package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits to be committed, and whether anybody is there to commit it. Thread-safe.
///
/// A place is held from the reservation to the decision, so the queue never holds more than there
/// are places. While no writer has a connection nothing is taken in, and what was there is handed
/// back to be refused: nobody waits for a database that is away.
final class CommitQueue {

    private static final String NOT_CONNECTED = "no connection to PostgreSQL yet";

    private final int capacity;
    private final Semaphore places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<PendingIssuance> waiting = new ArrayDeque<>();
    private int idleWriters;
    private final AtomicInteger connectedWriters = new AtomicInteger();
    private volatile boolean closed;
    private volatile String refusal = NOT_CONNECTED;
    private volatile LedgerProblem problem = LedgerProblem.LEDGER_UNAVAILABLE;

    CommitQueue(int capacity) {
        this.capacity = capacity;
        this.places = new Semaphore(capacity);
    }

    boolean takePlace() {
        return places.tryAcquire();
    }

    void freePlace() {
        places.release();
    }

    int placesInUse() {
        return capacity - places.availablePermits();
    }

    /// @return false when nothing is taken in; [#refusal()] says why
    boolean offer(PendingIssuance issuance) {
        lock.lock();
        try {
            if (closed || connectedWriters.get() == 0) {
                return false;
            }
            waiting.add(issuance);
            if (idleWriters > 0) {
                changed.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for something to commit and takes all that is there, up to the limit. There is no
    /// timer to fill a batch: what arrived while the last commit was under way is the next batch.
    ///
    /// @return empty when the wait is over or the queue was closed
    List<PendingIssuance> take(int limit, Duration wait) {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (waiting.isEmpty() && !closed && left > 0) {
                idleWriters++;
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException _) {
                    left = 0; // the writer looks at closed() next; nothing else interrupts it
                } finally {
                    idleWriters--;
                }
            }
            return removeUpTo(limit);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the queue is closed or the time is over.
    void pause(Duration wait) {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            // as above
        } finally {
            lock.unlock();
        }
    }

    void writerConnected() {
        lock.lock();
        try {
            connectedWriters.incrementAndGet();
        } finally {
            lock.unlock();
        }
    }

    /// A writer without a connection did not get one.
    void writerNotConnected(String why, LedgerProblem cause) {
        lock.lock();
        try {
            if (connectedWriters.get() == 0 && !closed) {
                refusal = why;
                problem = cause;
            }
        } finally {
            lock.unlock();
        }
    }

    /// @return what nobody will commit now: to be refused by the caller
    List<PendingIssuance> writerDisconnected(String why, LedgerProblem cause) {
        lock.lock();
        try {
            if (connectedWriters.decrementAndGet() > 0) {
                return List.of();
            }
            refusal = why;
            problem = cause;
            return removeUpTo(Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing in from now on; what was taken in is still to be committed.
    void close() {
        lock.lock();
        try {
            closed = true;
            refusal = "the server is stopping";
            problem = LedgerProblem.LEDGER_UNAVAILABLE;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<PendingIssuance> drain() {
        lock.lock();
        try {
            return removeUpTo(Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        return closed;
    }

    Optional<LedgerProblem> problem() {
        return connectedWriters.get() > 0 && !closed ? Optional.empty() : Optional.of(problem);
    }

    String refusal() {
        return refusal;
    }

    private List<PendingIssuance> removeUpTo(int limit) {
        int count = Math.min(limit, waiting.size());
        List<PendingIssuance> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            @Nullable PendingIssuance next = waiting.poll();
            if (next != null) {
                taken.add(next);
            }
        }
        return taken;
    }
}
