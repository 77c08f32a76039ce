package dev.signet.ca.rest;

import java.util.Arrays;
import java.util.Optional;

/// What an admin may be. The roles are no chain: [Permissions] says what each may do.
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

    static Optional<Role> named(String text) {
        return Arrays.stream(values()).filter(role -> role.toString().equals(text)).findFirst();
    }
}
