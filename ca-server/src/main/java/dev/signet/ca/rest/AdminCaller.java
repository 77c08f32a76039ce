package dev.signet.ca.rest;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.privilege.Role;

import java.util.Set;

/// Who calls, proved, with the roles that it has here. Holds no credential. Immutable.
record AdminCaller(Actor actor) {

    Set<Role> roles() {
        return actor.roles();
    }
}
