package dev.signet.benchmarks;

import io.netty.channel.EventLoop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Calls that arrive at a constant rate whatever the server does. A latency is counted from the
/// moment at which the call was due, not from the one at which it was sent: time that a call spends
/// waiting for the generator, or behind a stalled server, is part of it (no coordinated omission).
final class OpenLoop implements Load {

    /// More calls than this under way are not sent, and counted: the server is not keeping up.
    /// Below the number of streams that servers allow.
    private static final int MOST_UNDER_WAY_ON_A_CONNECTION = 200;

    private final Connections connections;
    private final int mostUnderWay;
    private final List<Pacer> pacers = new ArrayList<>();
    private final AtomicLong underWay = new AtomicLong();
    private final LongAdder notSent = new LongAdder();
    private volatile boolean stopping;

    /// @param ratePerSecond calls a second, over all connections
    OpenLoop(Connections connections, double ratePerSecond) {
        this.connections = connections;
        this.mostUnderWay = MOST_UNDER_WAY_ON_A_CONNECTION * connections.all().size();
        Map<EventLoop, List<Connections.Open>> byLoop = new LinkedHashMap<>();
        for (Connections.Open open : connections.all()) {
            byLoop.computeIfAbsent(open.connection().loop(), _ -> new ArrayList<>()).add(open);
        }
        double nanosBetween = TimeUnit.SECONDS.toNanos(1) * byLoop.size() / ratePerSecond;
        byLoop.forEach((loop, open) -> pacers.add(new Pacer(loop, open, nanosBetween)));
    }

    @Override
    public void start() {
        for (Pacer pacer : pacers) {
            pacer.loop.execute(pacer::begin);
        }
    }

    @Override
    public List<Tally> tallies() {
        return connections.tallies();
    }

    @Override
    public Map<String, Long> remarks() {
        long count = notSent.sum();
        return count == 0
                ? Map.of()
                : Map.of("calls not sent, as " + mostUnderWay + " were under way", count);
    }

    @Override
    public boolean stop() {
        stopping = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (underWay.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return underWay.get() == 0;
    }

    @Override
    public void close() {
        connections.close();
    }

    /// Starts the calls of one event loop, on that loop.
    private final class Pacer {
        private final EventLoop loop;
        private final List<Connections.Open> open;
        private final double nanosBetween;
        private long begin;
        private long arrivals;

        Pacer(EventLoop loop, List<Connections.Open> open, double nanosBetween) {
            this.loop = loop;
            this.open = open;
            this.nanosBetween = nanosBetween;
        }

        void begin() {
            begin = System.nanoTime();
            sendWhatIsDue();
        }

        private void sendWhatIsDue() {
            if (stopping) {
                return;
            }
            long due = due();
            while (due - System.nanoTime() <= 0) {
                send(due);
                arrivals++;
                due = due();
            }
            var _ =
                    loop.schedule(
                            this::sendWhatIsDue, due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        private long due() {
            return begin + (long) (arrivals * nanosBetween);
        }

        private void send(long due) {
            if (underWay.get() >= mostUnderWay) {
                notSent.increment();
                return;
            }
            underWay.incrementAndGet();
            new Single(open.get((int) (arrivals % open.size()))).call(due);
        }
    }

    private final class Single extends Caller {
        Single(Connections.Open open) {
            super(open);
        }

        @Override
        void ended(boolean succeeded) {
            underWay.decrementAndGet();
        }
    }
}
