package dev.signet.ca.privilege;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Roles as the database keeps them, an array of their names.
public final class RoleNames {

    private RoleNames() {}

    /// In the order of the roles.
    public static String[] of(Collection<Role> roles) {
        return roles.stream().sorted().map(Role::toString).toArray(String[]::new);
    }

    /// Names that are not known here are left out: a role of a later release covers nothing.
    public static Set<Role> read(Collection<String> names) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : names) {
            Role.named(name).ifPresent(roles::add);
        }
        return Collections.unmodifiableSet(roles);
    }
}
