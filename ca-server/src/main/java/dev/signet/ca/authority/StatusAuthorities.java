package dev.signet.ca.authority;

import java.util.List;

/// The authorities whose certificates somebody may hold now or soon, and whose key is here.
/// Thread-safe; never blocks.
public interface StatusAuthorities {

    /// In any state, expired or not, as this replica last read them.
    List<StatusAuthority> statusAuthorities();
}
