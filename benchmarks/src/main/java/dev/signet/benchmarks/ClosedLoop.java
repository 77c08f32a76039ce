package dev.signet.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A fixed number of callers, each on its own connection, each making its next call as soon as the
/// last one has ended. Its latencies are service times: a slow server slows the callers down too.
final class ClosedLoop implements Load {

    /// A failing server is not called in a hot loop.
    private static final long PAUSE_AFTER_FAILURE_MILLISECONDS = 10;

    private final Connections connections;
    private final List<Repeating> callers = new ArrayList<>();
    private final CountDownLatch ended;
    private volatile boolean stopping;

    ClosedLoop(Connections connections) {
        this.connections = connections;
        for (Connections.Open open : connections.all()) {
            callers.add(new Repeating(open));
        }
        this.ended = new CountDownLatch(callers.size());
    }

    @Override
    public void start() {
        for (Repeating caller : callers) {
            caller.open().connection().loop().execute(caller::again);
        }
    }

    @Override
    public List<Tally> tallies() {
        return connections.tallies();
    }

    @Override
    public Map<String, Long> remarks() {
        return Map.of();
    }

    @Override
    public boolean stop() {
        stopping = true;
        try {
            return ended.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    private final class Repeating extends Caller {
        Repeating(Connections.Open open) {
            super(open);
        }

        void again() {
            if (stopping) {
                ended.countDown();
            } else {
                call(System.nanoTime());
            }
        }

        @Override
        void ended(boolean succeeded) {
            if (succeeded) {
                again();
            } else {
                var _ =
                        open().connection()
                                .loop()
                                .schedule(
                                        this::again,
                                        PAUSE_AFTER_FAILURE_MILLISECONDS,
                                        TimeUnit.MILLISECONDS);
            }
        }
    }
}
