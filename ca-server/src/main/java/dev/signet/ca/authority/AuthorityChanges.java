package dev.signet.ca.authority;

/// Tells that the authorities on record are others than before. Thread-safe.
public interface AuthorityChanges {

    /// Calls `look` after each change that this replica has taken over, for good. One call at a
    /// time, on a thread that may block; it must not throw.
    void watch(Runnable look);
}
