package dev.signet.ca.policy;

import dev.signet.ca.privilege.Role;

import java.util.Set;

/// A rule that can give a caller an identity that carries roles of the admin API. Immutable.
///
/// @param rule its name
/// @param identity SPIFFE ID, or pattern of SPIFFE IDs, that carries them; the first of several
/// @param roles of all such identities that the rule can give; not empty
public record ProtectedGrant(String rule, String identity, Set<Role> roles) {
    public ProtectedGrant {
        roles = Set.copyOf(roles);
    }
}
