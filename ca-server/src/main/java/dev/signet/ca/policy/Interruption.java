package dev.signet.ca.policy;

import java.util.concurrent.CancellationException;

/// How a long computation over a document ends before its end: its thread is interrupted when
/// nobody waits for the result any more.
final class Interruption {

    private Interruption() {}

    /// @throws CancellationException when the thread is interrupted, and stays so
    static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("nobody waits for the result");
        }
    }
}
