package dev.signet.ca.reissue;

import java.util.List;
import java.util.function.Consumer;

/// The orders to renew that are in force, on every replica within a second of their commit.
/// Thread-safe; never blocks.
public interface RenewalOrders {

    /// Those not cancelled whose window has not ended long ago; at most 16.
    List<RenewalOrder> current();

    /// Gives the listener the orders in force at once, on this thread, then after each change, on a
    /// thread of its own. The listener must not block.
    ///
    /// @return closes the subscription; may be called more than once
    AutoCloseable watch(Consumer<List<RenewalOrder>> listener);
}
