package dev.signet.client;

/// Name of a SPIFFE trust domain: 1 to 255 characters of `[a-z0-9._-]`. Immutable.
///
/// @param name without scheme: `example.org`
public record TrustDomain(String name) implements Comparable<TrustDomain> {

    /// Longest name that the SPIFFE ID standard allows, in octets.
    public static final int MAX_LENGTH = 255;

    /// @throws IllegalArgumentException when the name is not a trust domain name
    public TrustDomain {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "trust domain has " + name.length() + " characters (expected: 1 to 255)");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || c == '.'
                            || c == '-'
                            || c == '_';
            if (!allowed) {
                throw new IllegalArgumentException(
                        "trust domain has a character outside [a-z0-9._-] at index " + i);
            }
        }
    }

    @Override
    public int compareTo(TrustDomain other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
