package dev.signet.ca.authority;

import java.util.List;

/// The CA's authorities for an operator to look at. Thread-safe; never blocks.
public interface KnownAuthorities {

    /// All on record, as this replica last read them: roots first, then by the end of their
    /// validity.
    List<AuthorityDescription> described();
}
