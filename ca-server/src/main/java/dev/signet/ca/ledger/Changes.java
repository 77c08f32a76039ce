package dev.signet.ca.ledger;

/// Tells within a second that another replica, or this one, changed something that this process
/// holds a copy of (PostgreSQL's LISTEN and NOTIFY). Signals may be lost or come twice: a watcher
/// reads what is there when it is called, and polls besides. Thread-safe.
public interface Changes {

    /// Calls `look` at once, after each change to the topic, and after each time that signals may
    /// have been lost. One call at a time, on a thread of its own that may block; signals that come
    /// meanwhile are one; an exception from it is logged.
    ///
    /// @param topic lower case letters: `policy`, `halt`, ...
    void watch(String topic, Runnable look);
}
