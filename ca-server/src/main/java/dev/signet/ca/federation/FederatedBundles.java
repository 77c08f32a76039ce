package dev.signet.ca.federation;

import dev.signet.ca.trust.TrustBundle;

import java.util.List;
import java.util.function.Consumer;

/// Bundles of other trust domains, each to verify certificates of its own trust domain with and no
/// other. Not for authenticating anybody to this CA. Thread-safe; never blocks.
public interface FederatedBundles {

    /// The last bundle accepted of each relationship, as this replica knows, by trust domain. None
    /// for one whose bundle was never had. `version` is the other side's spiffe_sequence, or counts
    /// ours where it numbers none; it grows as long as the relationship lasts.
    List<TrustBundle> current();

    /// Gives the listener the current ones at once, on this thread, then all of them after each
    /// change, on another. The listener must not block.
    ///
    /// @return closes the subscription; may be called more than once
    AutoCloseable watch(Consumer<List<TrustBundle>> listener);
}
