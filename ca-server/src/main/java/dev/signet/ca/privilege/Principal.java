package dev.signet.ca.privilege;

import java.util.Set;

/// Somebody who caused something, with the roles held at that time. Immutable.
///
/// @param kind how it proved itself, as in the audit trail: `oidc`, `certificate`, `credential`,
///   `server`
/// @param subject whom that names, unique within the kind, at most 2048 characters
/// @param roles held then
public record Principal(String kind, String subject, Set<Role> roles) {

    /// Of [#kind] where a client certificate was the proof.
    public static final String CERTIFICATE = "certificate";

    /// Of [#kind] where it was the operator credential of the host.
    public static final String CREDENTIAL = "credential";

    /// Of [#kind] where a server acts by itself.
    public static final String SERVER = "server";

    public Principal {
        roles = Set.copyOf(roles);
    }
}
