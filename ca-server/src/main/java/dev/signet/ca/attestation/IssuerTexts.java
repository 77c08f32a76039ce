package dev.signet.ca.attestation;

import java.util.Collection;
import java.util.Optional;

/// Issuers are compared character by character (RFC 7519 4.1.1, OpenID Connect Discovery 4.3).
/// These are the words for those that nearly match. Stateless.
public final class IssuerTexts {

    private static final int MAX_EXCERPT = 100;

    private IssuerTexts() {}

    /// The configured issuer that differs from a claimed one in a trailing slash alone.
    public static Optional<String> almost(String claimed, Collection<String> configured) {
        String other =
                claimed.endsWith("/") ? claimed.substring(0, claimed.length() - 1) : claimed + "/";
        return configured.contains(other) ? Optional.of(other) : Optional.empty();
    }

    /// A caller's text made fit for a line: short, printable ASCII only, no quotation mark.
    public static String excerpt(String text) {
        StringBuilder excerpt = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_EXCERPT; i++) {
            char c = text.charAt(i);
            excerpt.append(c > ' ' && c < 0x7f && c != '"' ? c : '?');
        }
        return text.length() > MAX_EXCERPT ? excerpt + "..." : excerpt.toString();
    }
}
