package dev.signet.ca.rest;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/// The caller as Spring Security carries it through a request. Holds no credential.
final class AdminAuthentication extends AbstractAuthenticationToken {

    private static final long serialVersionUID = 1L;

    private final transient AdminCaller caller;

    AdminAuthentication(AdminCaller caller) {
        super(
                caller.roles().stream()
                        .map(role -> new SimpleGrantedAuthority(role.toString()))
                        .toList());
        this.caller = caller;
        setAuthenticated(true);
    }

    AdminCaller caller() {
        return caller;
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public Object getPrincipal() {
        return caller.actor();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
