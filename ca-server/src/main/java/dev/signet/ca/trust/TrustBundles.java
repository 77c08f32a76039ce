package dev.signet.ca.trust;

import java.util.function.Consumer;

/// The trust bundle of this CA's trust domain. Thread-safe; never blocks.
public interface TrustBundles {

    TrustBundle current();

    /// Gives the listener the current bundle at once, on this thread, then each newer one, in order
    /// of version, on a thread of its own. The listener must not block.
    ///
    /// @return closes the subscription; may be called more than once
    AutoCloseable watch(Consumer<TrustBundle> listener);
}
