package dev.signet.ca.wire;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts unary calls that were accepted and are not answered yet. Thread-safe.
final class CallsInFlight {

    private final AtomicInteger count = new AtomicInteger();

    void begin() {
        count.incrementAndGet();
    }

    void end() {
        count.decrementAndGet();
    }

    int count() {
        return count.get();
    }
}
