package dev.signet.ca.authority;

import java.util.List;

/// The CA's authorities for an operator to look at. Thread-safe; never blocks.
public interface KnownAuthorities {

    /// All on record, as this replica last read them: roots first, then by the end of their
    /// validity.
    List<AuthorityDescription> described();

    /// Grows with each change of any of them.
    long generation();

    /// Reads them once more, for an operator who has just changed one elsewhere. Blocks on the
    /// database, within its timeouts; where it does not answer the last ones known stay.
    void refresh();
}
