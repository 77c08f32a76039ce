package dev.signet.ca.policy;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads where a rule takes the SPIFFE ID from, and refuses what could only lead out of the trust
/// domain or to a reserved ID.
final class IdentityCompiler {

    private static final String SCHEME = "spiffe://";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]*}");

    private final TrustDomain trustDomain;
    private final Findings findings;

    IdentityCompiler(TrustDomain trustDomain, Findings findings) {
        this.trustDomain = trustDomain;
        this.findings = findings;
    }

    /// @return null when it is unusable, which is said
    @Nullable IdentityGrant compile(@Nullable Scalar spiffeId, List<Scalar> oneOf) {
        if (spiffeId == null) {
            return oneOf.isEmpty() ? null : oneOf(oneOf);
        }
        if (spiffeId.value().equals("{" + Variables.BOUND + "}")) {
            return new IdentityGrant.OfEvidence();
        }
        if (spiffeId.value().equals("{" + Variables.REQUESTED_ID + "}")) {
            return new IdentityGrant.OfRequest();
        }
        String path = pathOf(spiffeId);
        Template template = path == null ? null : Template.parse(spiffeId, findings);
        if (path == null || template == null) {
            return null;
        }
        String sample = template.sample(trustDomain, "x");
        if (SpiffeId.parse(sample).isEmpty()) {
            findings.error(
                    spiffeId.at(),
                    "Not a SPIFFE ID (expected: "
                            + SCHEME
                            + "{trustDomain}/segment/..., segments of [a-zA-Z0-9._-])");
            return null;
        }
        return new IdentityGrant.Made(template);
    }

    private @Nullable IdentityGrant oneOf(List<Scalar> texts) {
        List<SegmentPattern> patterns = new ArrayList<>();
        for (Scalar text : texts) {
            SegmentPattern pattern = pattern(text);
            if (pattern == null) {
                return null;
            }
            patterns.add(pattern);
        }
        return new IdentityGrant.OneOf(patterns);
    }

    private @Nullable SegmentPattern pattern(Scalar text) {
        String path = pathOf(text);
        if (path == null) {
            return null;
        }
        List<@Nullable Template> segments = new ArrayList<>();
        boolean open = false;
        int offset = text.value().length() - path.length() + 1;
        List<String> parts = segmentsOf(path.substring(1));
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.equals("**") && i == parts.size() - 1) {
                open = true;
            } else if (part.equals("*")) {
                segments.add(null);
            } else {
                Template segment = Template.parse(part, text, offset, findings);
                if (segment == null) {
                    return null;
                }
                if (SpiffeId.parse(SCHEME + "x/" + segment.sample(trustDomain, "x")).isEmpty()) {
                    findings.error(
                            text.at(text.value().codePointCount(0, offset)),
                            "Not a path segment (expected: [a-zA-Z0-9._-], a placeholder, * for any"
                                    + " one, or ** at the end)");
                    return null;
                }
                segments.add(segment);
            }
            offset += part.length() + 1;
        }
        if (open && segments.isEmpty()) {
            findings.warning(text.at(), "The caller may choose any SPIFFE ID of the trust domain");
        }
        return new SegmentPattern(text.value(), segments, open);
    }

    /// The slashes in an attribute's key do not part segments.
    private static List<String> segmentsOf(String path) {
        List<String> segments = new ArrayList<>();
        StringBuilder segment = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(path);
        int i = 0;
        while (i < path.length()) {
            if (path.charAt(i) == '{' && placeholder.find(i) && placeholder.start() == i) {
                segment.append(placeholder.group());
                i = placeholder.end();
            } else if (path.charAt(i) == '/') {
                segments.add(segment.toString());
                segment.setLength(0);
                i++;
            } else {
                segment.append(path.charAt(i++));
            }
        }
        segments.add(segment.toString());
        return segments;
    }

    /// What follows the trust domain, from the slash on; null when it is not this trust domain.
    private @Nullable String pathOf(Scalar text) {
        for (String authority : List.of("{trustDomain}", trustDomain.name())) {
            if (text.value().startsWith(SCHEME + authority + "/")) {
                String path = text.value().substring(SCHEME.length() + authority.length());
                if (path.equals("/" + IdentityBounds.RESERVED)
                        || path.startsWith(IdentityBounds.RESERVED_PREFIX)) {
                    findings.error(
                            text.at(),
                            "IDs under /signet/ are those of servers and operators; no rule grants"
                                    + " them");
                    return null;
                }
                return path;
            }
        }
        boolean isSpiffe = text.value().startsWith(SCHEME);
        findings.error(
                isSpiffe ? text.at(SCHEME.length()) : text.at(),
                isSpiffe
                        ? "Grants beyond the trust domain (expected: spiffe://{trustDomain}/...)"
                        : "Not a SPIFFE ID (expected: spiffe://{trustDomain}/..., or all of it"
                                + " {evidence.spiffeId} or {request.spiffeId})");
        return null;
    }
}
