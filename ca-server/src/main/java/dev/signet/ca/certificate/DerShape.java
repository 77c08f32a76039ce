package dev.signet.ca.certificate;

import java.util.Optional;

/// Bounds what a recursive parser will have to do, before it begins.
public final class DerShape {

    private DerShape() {}

    /// Why the octets are not one DER value with at most that depth and number of elements; empty
    /// where they are. Takes time in proportion to their length, and no recursion.
    public static Optional<String> defect(byte[] octets, int maxDepth, int maxElements) {
        try {
            DerCursor.requireShape(octets, maxDepth, maxElements);
            return Optional.empty();
        } catch (DerFormatException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
