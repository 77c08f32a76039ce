package dev.signet.ca.authority;

import java.util.List;

/// The authorities whose certificates somebody may still hold, and whose key is here. Thread-safe;
/// never blocks.
public interface StatusAuthorities {

    /// Active, retired and revoked ones, expired or not, as this replica last read them.
    List<StatusAuthority> statusAuthorities();
}
