package dev.signet.ca.identity;

import java.util.Optional;

/// A workload's SPIFFE ID: a trust domain and a path of one or more segments. An instance that
/// exists is valid by the SPIFFE ID standard: scheme and trust domain lower case, segments of
/// `[a-zA-Z0-9._-]` that are neither empty nor `.` nor `..`, at most 2048 octets. Immutable.
///
/// @param trustDomain the trust domain
/// @param path begins with a slash, does not end with one: `/ns/shop/sa/orders`
public record SpiffeId(TrustDomain trustDomain, String path) {

    /// The standard asks implementations to accept 2048 octets and to make no longer ones.
    public static final int MAX_LENGTH = 2048;

    private static final String SCHEME = "spiffe://";

    /// @throws IllegalArgumentException when the path is not a workload path
    public SpiffeId {
        if (!isPath(path)) {
            throw new IllegalArgumentException(
                    "path is not slash-separated segments of [a-zA-Z0-9._-] other than . and ..");
        }
        if (SCHEME.length() + trustDomain.name().length() + path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "SPIFFE ID is longer than " + MAX_LENGTH + " octets");
        }
    }

    /// Reads a SPIFFE ID as text; scheme and trust domain in any case (of ASCII).
    ///
    /// @return empty when the text is not a workload's SPIFFE ID
    public static Optional<SpiffeId> parse(String text) {
        if (text.length() > MAX_LENGTH || !Ascii.startsWithIgnoringCase(text, SCHEME)) {
            return Optional.empty();
        }
        int slash = text.indexOf('/', SCHEME.length());
        if (slash < 0) {
            return Optional.empty();
        }
        try {
            TrustDomain domain =
                    new TrustDomain(Ascii.lowerCase(text.substring(SCHEME.length(), slash)));
            return Optional.of(new SpiffeId(domain, text.substring(slash)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The identity of a Kubernetes ServiceAccount as Istio and SPIFFE users write it.
    ///
    /// @throws IllegalArgumentException when a name is not a path segment
    public static SpiffeId ofServiceAccount(
            TrustDomain trustDomain, String namespace, String serviceAccount) {
        if (namespace.indexOf('/') >= 0 || serviceAccount.indexOf('/') >= 0) {
            throw new IllegalArgumentException("namespace or service account contains a slash");
        }
        return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + serviceAccount);
    }

    private static boolean isPath(String path) {
        if (path.length() < 2 || path.charAt(0) != '/') {
            return false;
        }
        int start = 1;
        for (int i = 1; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                int length = i - start;
                if (length == 0
                        || (length == 1 && path.charAt(start) == '.')
                        || (length == 2
                                && path.charAt(start) == '.'
                                && path.charAt(i - 1) == '.')) {
                    return false;
                }
                start = i + 1;
            } else if (!isSegmentCharacter(path.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSegmentCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_';
    }

    @Override
    public String toString() {
        return SCHEME + trustDomain.name() + path;
    }
}
