package dev.signet.client;

import java.util.regex.Pattern;

/// A workload's SPIFFE ID: a trust domain and a path of one or more segments. An instance that
/// exists is valid by the SPIFFE ID standard: scheme and trust domain lower case, segments of
/// `[a-zA-Z0-9._-]` that are neither empty nor `.` nor `..`, at most 2048 octets. Immutable.
///
/// @param trustDomain the trust domain
/// @param path begins with a slash, does not end with one: `/ns/shop/sa/orders`
public record SpiffeId(TrustDomain trustDomain, String path) {

    /// Longest text, in octets.
    public static final int MAX_LENGTH = 2048;

    private static final String SCHEME = "spiffe://";
    private static final Pattern PATH =
            Pattern.compile("(?:/(?!\\.{1,2}(?:/|$))[a-zA-Z0-9._-]++)++");

    /// @throws IllegalArgumentException when the path is not a workload's path
    public SpiffeId {
        if (SCHEME.length() + trustDomain.name().length() + path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "SPIFFE ID is longer than " + MAX_LENGTH + " octets");
        }
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "SPIFFE ID path is not slash-separated segments of [a-zA-Z0-9._-] other than ."
                            + " and ..");
        }
    }

    /// Reads a SPIFFE ID as text; scheme and trust domain in any case of ASCII.
    ///
    /// @throws IllegalArgumentException when the text is not a workload's SPIFFE ID
    public static SpiffeId parse(String text) {
        if (text.length() > MAX_LENGTH
                || text.length() < SCHEME.length()
                || !lowerCase(text.substring(0, SCHEME.length())).equals(SCHEME)) {
            throw new IllegalArgumentException(
                    "not a SPIFFE ID (expected: spiffe://trust-domain/path, at most 2048 octets)");
        }
        int slash = text.indexOf('/', SCHEME.length());
        if (slash < 0) {
            throw new IllegalArgumentException("SPIFFE ID has no path (expected: a workload's ID)");
        }
        String domain = lowerCase(text.substring(SCHEME.length(), slash));
        return new SpiffeId(new TrustDomain(domain), text.substring(slash));
    }

    /// Of ASCII letters alone: Unicode folds the Kelvin sign to `k`, which names another domain.
    private static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return lower.toString();
    }

    /// Whether this ID is the given one or lies below it, by whole segments: `/ns/shop` covers
    /// `/ns/shop/sa/orders`, not `/ns/shopping`.
    public boolean isAtOrBelow(SpiffeId prefix) {
        return trustDomain.equals(prefix.trustDomain)
                && (path.equals(prefix.path) || path.startsWith(prefix.path + "/"));
    }

    @Override
    public String toString() {
        return SCHEME + trustDomain.name() + path;
    }
}
