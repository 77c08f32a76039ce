package dev.signet.ca.admin;

import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// The generation of the authorities that an actor has seen.
final class AuthorityBasis {

    /// What an audit event is filed under: the authority that signs now, else the one that was
    /// added last, which is the lowest.
    static String target(List<Changed> changed) {
        return changed.stream()
                .filter(each -> each.after().equals("active"))
                .filter(each -> each.issuerId() != null)
                .findFirst()
                .or(() -> changed.isEmpty() ? Optional.empty() : Optional.of(changed.getLast()))
                .map(Changed::id)
                .orElse("");
    }

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
