package dev.signet.ca.policy;

import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A SPIFFE path, segment by segment: a template, `*` for any one segment, `**` at the end for any
/// number but none. Immutable.
///
/// @param text as it is written
/// @param segments null stands for `*`
/// @param open whether `**` follows
record SegmentPattern(String text, List<@Nullable Template> segments, boolean open) {

    boolean matches(String path, RequestInput input, TrustDomain trustDomain) {
        int from = 1;
        for (Template segment : segments) {
            if (from > path.length()) {
                return false;
            }
            int end = path.indexOf('/', from);
            end = end < 0 ? path.length() : end;
            if (segment != null && !is(segment, path.substring(from, end), input, trustDomain)) {
                return false;
            }
            from = end + 1;
        }
        return open ? from < path.length() : from == path.length() + 1;
    }

    private static boolean is(
            Template segment, String actual, RequestInput input, TrustDomain trustDomain) {
        return segment.render(input, trustDomain, IdentityGrant::isOfSegment)
                        instanceof Template.Rendered.Text(String expected)
                && expected.equals(actual);
    }
}
