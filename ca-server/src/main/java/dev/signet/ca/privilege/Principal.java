package dev.signet.ca.privilege;

import java.util.Set;

/// Somebody who caused something, with the roles held at that time. Immutable.
///
/// @param kind how it proved itself, as in the audit trail: `oidc`, `certificate`, `credential`,
///   `server`
/// @param subject whom that names, unique within the kind, at most 2048 characters
/// @param roles held then
/// @param origins everybody who had a hand in its credential, itself included, each as [#origin()];
///   empty: it was not asked
public record Principal(String kind, String subject, Set<Role> roles, Set<String> origins) {

    /// Of [#kind] where a client certificate was the proof.
    public static final String CERTIFICATE = "certificate";

    /// Of [#kind] where it was the operator credential of the host.
    public static final String CREDENTIAL = "credential";

    /// Of [#kind] where a server acts by itself.
    public static final String SERVER = "server";

    public Principal {
        roles = Set.copyOf(roles);
        origins = Set.copyOf(origins);
    }

    /// Of unknown origin.
    public Principal(String kind, String subject, Set<Role> roles) {
        this(kind, subject, roles, Set.of());
    }

    /// Names it for people: kind and subject with a space between.
    public String text() {
        return kind + " " + subject;
    }

    /// Names it among the origins of a credential.
    public String origin() {
        return origin(kind, subject);
    }

    /// As [#origin()]. The operator credential is one, by whatever name an edge calls its holder.
    public static String origin(String kind, String subject) {
        return kind.equals(CREDENTIAL) ? CREDENTIAL : kind + " " + subject;
    }
}
