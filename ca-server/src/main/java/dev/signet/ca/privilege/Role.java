package dev.signet.ca.privilege;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/// A role of the admin API. What each may do is one table (docs/admin-api.md); beyond what
/// [#covers] says, no role includes another.
public enum Role {
    /// Looks things up.
    VIEWER,
    /// Runs the CA from day to day: join tokens, trying policies, stopping issuance.
    OPERATOR,
    /// Says who may have what: policies, approvals, the audit trail.
    SECURITY_OFFICER,
    /// May do all.
    ADMIN;

    /// As in settings and answers: `security-officer`.
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /// Whether somebody with this role may do all that the other role may.
    public boolean covers(Role other) {
        return this == ADMIN || this == other || other == VIEWER;
    }

    /// Whether the roles held cover each of those required. None required: always.
    public static boolean cover(Collection<Role> held, Collection<Role> required) {
        for (Role each : required) {
            boolean covered = false;
            for (Role role : held) {
                covered |= role.covers(each);
            }
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    public static Optional<Role> named(String text) {
        return Arrays.stream(values()).filter(role -> role.toString().equals(text)).findFirst();
    }
}
