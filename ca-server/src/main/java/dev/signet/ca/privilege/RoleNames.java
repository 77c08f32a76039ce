package dev.signet.ca.privilege;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.SQLException;
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
    ///
    /// @param names null: none
    public static Set<Role> read(@Nullable Array names) throws SQLException {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (names != null) {
            for (Object name : (Object[]) names.getArray()) {
                Role.named(String.valueOf(name)).ifPresent(roles::add);
            }
        }
        return Collections.unmodifiableSet(roles);
    }
}
