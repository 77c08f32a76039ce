package dev.signet.ca.attestation;

import java.util.Optional;
import java.util.regex.Pattern;

/// A Kubernetes ServiceAccount's name within its cluster. An instance that exists has the form that
/// Kubernetes restricts names to (RFC 1123 label and subdomain), so neither part can be taken for
/// something else in a text or a path.
record ServiceAccountName(String namespace, String name) {

    private static final String PREFIX = "system:serviceaccount:";
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    /// @return empty when either is no name of Kubernetes
    static Optional<ServiceAccountName> of(String namespace, String name) {
        return NAMESPACE.matcher(namespace).matches() && NAME.matcher(name).matches()
                ? Optional.of(new ServiceAccountName(namespace, name))
                : Optional.empty();
    }

    /// @param username as Kubernetes writes it
    /// @return empty when the text is not `system:serviceaccount:<namespace>:<name>`
    static Optional<ServiceAccountName> parse(String username) {
        if (!username.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int colon = username.indexOf(':', PREFIX.length());
        return colon < 0
                ? Optional.empty()
                : of(username.substring(PREFIX.length(), colon), username.substring(colon + 1));
    }

    String username() {
        return PREFIX + namespace + ":" + name;
    }
}
