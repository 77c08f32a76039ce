package dev.signet.ca.issuance;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// Where requests go that may wait for something other than this CPU: a bounded number of them at a
/// time, so that a slow dependency costs its own callers and nobody else. Thread-safe.
final class BlockingLane {

    private final Executor executor;
    private final Semaphore places;

    /// @param executor starts each task at once on a thread of its own
    BlockingLane(Executor executor, int maxBlocking) {
        this.executor = executor;
        this.places = new Semaphore(maxBlocking);
    }

    /// Runs the rest of a request's flow here; without a free place, it is told OVERLOADED.
    void run(Flight flight, Runnable rest) {
        if (!places.tryAcquire()) {
            flight.refuse(IssuanceFlow.overloaded());
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    flight.guard(rest);
                } finally {
                    places.release();
                }
            });
        } catch (RuntimeException | Error e) {
            places.release();
            throw e;
        }
    }
}
