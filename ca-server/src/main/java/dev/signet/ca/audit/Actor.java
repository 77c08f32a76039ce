package dev.signet.ca.audit;

import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Role;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// Who acts. Immutable.
///
/// @param kind how it proved itself: `oidc`, `certificate`, `credential`, `server`
/// @param subject whom that names, unique within the kind, at most 2048 characters
/// @param address where it came from, an IP literal; null: this process
/// @param roles held now; empty for one that is read from a record
/// @param serialNumber of the certificate that it showed, lower-case hexadecimal without leading
///   zeros; null: another credential, or one that is read from a record
public record Actor(
        String kind,
        String subject,
        @Nullable String address,
        Set<Role> roles,
        @Nullable String serialNumber) {

    public Actor {
        roles = Set.copyOf(roles);
    }

    /// Without roles.
    public Actor(String kind, String subject, @Nullable String address) {
        this(kind, subject, address, Set.of(), null);
    }

    /// Whether both are the same, whatever they showed and wherever they came from.
    public boolean isSameAs(Actor other) {
        return kind.equals(other.kind) && subject.equals(other.subject);
    }

    /// @param origins everybody who had a hand in its credential, itself included
    public Principal principal(Set<String> origins) {
        return new Principal(kind, subject, roles, origins);
    }
}
