package dev.signet.ca.admin;

import dev.signet.ca.authority.AuthorityLifeCycle;

import org.jspecify.annotations.Nullable;

/// The generation of the authorities that an actor has seen.
final class AuthorityBasis {

    /// No generation is this one.
    private static final long NONE = -2;

    private AuthorityBasis() {}

    /// @param expected as an ETag says; null: any
    static long of(@Nullable String expected) {
        if (expected == null) {
            return AuthorityLifeCycle.ANY;
        }
        try {
            long generation = Long.parseLong(expected);
            return generation < 0 ? NONE : generation;
        } catch (NumberFormatException _) {
            return NONE;
        }
    }
}
