package dev.signet.ca.revocation;

import dev.signet.ca.identity.SpiffeId;

import java.util.Optional;

/// What is blocked: one SPIFFE ID, or all below a path. Immutable; an instance that exists is
/// valid.
public final class BlockTarget {

    private final String text;

    private BlockTarget(String text) {
        this.text = text;
    }

    /// Reads `spiffe://td/a/b` (that ID), `spiffe://td/a/` (every ID with further segments below
    /// `/a`, not `/a` itself, and not `/ab`), or `spiffe://td/` (every ID of the trust domain).
    ///
    /// @return empty when the text is none of these
    public static Optional<BlockTarget> parse(String text) {
        // Any valid segment at the end shows whether the rest is valid.
        return SpiffeId.parse(text.endsWith("/") ? text + "x" : text)
                .map(id -> {
                    String canonical = id.toString();
                    return new BlockTarget(
                            text.endsWith("/")
                                    ? canonical.substring(0, canonical.length() - 1)
                                    : canonical);
                });
    }

    /// As it is kept and shown.
    public String text() {
        return text;
    }

    /// Whether it stands for all below a path.
    public boolean isSubtree() {
        return text.endsWith("/");
    }

    public boolean covers(SpiffeId id) {
        String name = id.toString();
        return isSubtree() ? name.startsWith(text) : name.equals(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockTarget that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
