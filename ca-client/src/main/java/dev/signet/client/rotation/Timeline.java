package dev.signet.client.rotation;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Time, chance and the one thread of a rotation, so that tests can run years in seconds. Tasks of
/// one timeline never overlap.
public interface Timeline extends InstantSource, AutoCloseable {

    /// Monotonic nanoseconds; unlike [#instant()] never set by anybody, but may stand still while
    /// the machine is suspended.
    long nanoTime();

    /// Chance for jitter; not used for keys.
    RandomGenerator random();

    /// Runs the task once after the delay, measured by [#nanoTime()]. After [#close()] it does
    /// nothing.
    void schedule(Duration delay, Runnable task);

    /// Drops what is scheduled. A task that runs is interrupted.
    @Override
    void close();
}
