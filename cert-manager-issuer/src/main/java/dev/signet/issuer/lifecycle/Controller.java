package dev.signet.issuer.lifecycle;

import java.time.Duration;

/// Serves one kind of resource: watches always, works only while this replica leads. Thread-safe.
public interface Controller extends AutoCloseable {

    /// Constant, for logs and metrics.
    String name();

    /// Whether what it watches has been listed completely once.
    boolean isSynced();

    /// Begins work.
    void lead();

    /// Begins no more work; what is under way finishes.
    void follow();

    /// Waits until nothing is under way.
    ///
    /// @return whether that was so within the time
    boolean awaitIdle(Duration most) throws InterruptedException;

    /// Stops watching and working.
    @Override
    void close();
}
