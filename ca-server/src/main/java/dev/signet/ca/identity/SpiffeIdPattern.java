package dev.signet.ca.identity;

import java.util.Optional;

/// One SPIFFE ID, or all those that differ from it in the last path segment only. Immutable.
public final class SpiffeIdPattern {

    private static final String WILDCARD = "/*";

    private final SpiffeId base;
    private final boolean lastSegmentIsAny;

    private SpiffeIdPattern(SpiffeId base, boolean lastSegmentIsAny) {
        this.base = base;
        this.lastSegmentIsAny = lastSegmentIsAny;
    }

    /// Reads `spiffe://td/a/b` (that ID) or `spiffe://td/a/*` (any ID with one segment in place of
    /// the star).
    ///
    /// @return empty when the text is neither
    public static Optional<SpiffeIdPattern> parse(String text) {
        if (!text.endsWith(WILDCARD)) {
            return SpiffeId.parse(text).map(id -> new SpiffeIdPattern(id, false));
        }
        // Any valid segment in place of the star shows whether the rest is valid.
        return SpiffeId.parse(text.substring(0, text.length() - 1) + "x")
                .map(id -> new SpiffeIdPattern(id, true));
    }

    /// The one ID that the pattern stands for; empty for a wildcard.
    public Optional<SpiffeId> exact() {
        return lastSegmentIsAny ? Optional.empty() : Optional.of(base);
    }

    public boolean matches(SpiffeId id) {
        if (!lastSegmentIsAny) {
            return base.equals(id);
        }
        String prefix = base.path().substring(0, base.path().length() - 1);
        return base.trustDomain().equals(id.trustDomain())
                && id.path().startsWith(prefix)
                && id.path().length() > prefix.length()
                && id.path().indexOf('/', prefix.length()) < 0;
    }

    /// Whether there is an ID that both match.
    public boolean overlaps(SpiffeIdPattern other) {
        if (!lastSegmentIsAny) {
            return other.matches(base);
        }
        // A wildcard's base has one character in place of the star: it stands for all its IDs.
        return other.lastSegmentIsAny ? base.equals(other.base) : matches(other.base);
    }

    public TrustDomain trustDomain() {
        return base.trustDomain();
    }

    @Override
    public String toString() {
        String text = base.toString();
        return lastSegmentIsAny ? text.substring(0, text.length() - 1) + "*" : text;
    }
}
