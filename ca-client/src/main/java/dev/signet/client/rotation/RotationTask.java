package dev.signet.client.rotation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// What a rotation does when its moment has come. Called on the timeline's thread only.
public interface RotationTask {

    /// Tries once to get the next lease, in bounded time.
    ///
    /// @return how it went; a fault is an exception, and counts as a failure
    Outcome attempt();

    /// The lease has run out without a successor. Attempts go on.
    void expired();

    /// How an attempt went.
    sealed interface Outcome permits Renewed, Failed {}

    /// A new lease is held.
    record Renewed(Lease lease) implements Outcome {}

    /// What was held is still held.
    ///
    /// @param retryAfter the wait that was asked for; null: none
    record Failed(@Nullable Duration retryAfter) implements Outcome {}
}
