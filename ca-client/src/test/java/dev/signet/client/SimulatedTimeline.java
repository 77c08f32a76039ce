package dev.signet.client;

import dev.signet.client.rotation.Timeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Time that passes when a test says so, on the test's own thread. The wall clock can be set apart
/// from the monotonic one, and the machine can be suspended.
final class SimulatedTimeline implements Timeline {

    private record Task(long atNanos, long order, Runnable run) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order));
    private final RandomGenerator random;
    private final Instant begin;
    private Duration wallOffset = Duration.ZERO;
    private long nanos;
    private long order;
    private boolean closed;

    SimulatedTimeline(Instant begin) {
        this(begin, new Random(20261123));
    }

    SimulatedTimeline(Instant begin, RandomGenerator random) {
        this.begin = begin;
        this.random = random;
    }

    @Override
    public Instant instant() {
        return trueTime().plus(wallOffset);
    }

    /// What the rest of the world calls now.
    Instant trueTime() {
        return begin.plusNanos(nanos).plus(suspended);
    }

    private Duration suspended = Duration.ZERO;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        if (!closed) {
            tasks.add(new Task(nanos + Math.max(0, delay.toNanos()), order++, task));
        }
    }

    @Override
    public void close() {
        closed = true;
        tasks.clear();
    }

    /// Sets the wall clock wrong by this much, against the true time.
    void wallClockIsOffBy(Duration offset) {
        wallOffset = offset;
    }

    /// True time passes, the monotonic clock stands still, no task runs.
    void suspend(Duration howLong) {
        suspended = suspended.plus(howLong);
    }

    void advance(Duration howLong) {
        long end = nanos + howLong.toNanos();
        while (!tasks.isEmpty() && tasks.peek().atNanos() <= end) {
            step();
        }
        nanos = Math.max(nanos, end);
    }

    /// Runs the next task, at its time.
    void step() {
        Task task = tasks.remove();
        nanos = Math.max(nanos, task.atNanos());
        task.run().run();
    }

    /// A call that takes its time.
    void spend(Duration howLong) {
        nanos += howLong.toNanos();
    }
}
