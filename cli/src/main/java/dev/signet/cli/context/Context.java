package dev.signet.cli.context;

import dev.signet.cli.remote.AdminTarget;

import org.jspecify.annotations.Nullable;

/// One server, by the name that a user gave it. Immutable.
///
/// @param name 1 to 64 letters, digits, dots, dashes and underscores
/// @param grpc `host:port` at which a certificate is renewed; null: it is not renewed here
public record Context(String name, AdminTarget target, @Nullable String grpc) {

    public Context {
        if (!valid(name)) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "' is no name of a context (expected: 1 to 64 letters, digits, dots,"
                            + " dashes and underscores, not a dot first)");
        }
    }

    static boolean valid(String name) {
        return name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
    }
}
