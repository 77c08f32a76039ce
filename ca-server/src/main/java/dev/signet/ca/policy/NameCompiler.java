package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.ObjectIdentifiers;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.policy.NameGrant.Dns.Star;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Reads which names a rule allows beside the SPIFFE ID.
final class NameCompiler {

    /// Makes one kind's pattern of text.
    private interface PatternOf {
        @Nullable NameGrant compile(Scalar text);
    }

    private final TrustDomain trustDomain;
    private final Conditions conditions;
    private final Findings findings;

    NameCompiler(TrustDomain trustDomain, Conditions conditions, Findings findings) {
        this.trustDomain = trustDomain;
        this.conditions = conditions;
        this.findings = findings;
    }

    NameGrants compile(PolicyDocument.Names names) {
        return new NameGrants(
                all(names.dns(), AlternativeNames::isDnsName, this::dns),
                all(names.ip(), _ -> true, this::ip),
                all(names.email(), _ -> true, this::email),
                all(names.uri(), _ -> true, this::uri),
                all(names.other(), _ -> true, this::other));
    }

    private List<NameGrant> all(
            List<PolicyDocument.Name> names, Predicate<String> isName, PatternOf pattern) {
        List<NameGrant> grants = new ArrayList<>();
        for (PolicyDocument.Name name : names) {
            NameGrant grant =
                    switch (name.form()) {
                        case EXACT -> exact(name.text(), isName);
                        case WHEN -> when(name);
                        case PATTERN -> pattern.compile(name.text());
                    };
            if (grant != null) {
                grants.add(grant);
            }
        }
        return grants;
    }

    private @Nullable NameGrant exact(Scalar text, Predicate<String> isName) {
        if (!isName.test(text.value())) {
            findings.error(
                    text.at(),
                    "No certificate can have this DNS name (expected: labels of lower-case letters,"
                            + " digits and inner hyphens, the last one no number)");
            return null;
        }
        return new NameGrant.Exact(text.value());
    }

    private @Nullable NameGrant when(PolicyDocument.Name name) {
        Condition condition = conditions.compile(name.text(), CelConditions.Scope.NAME, findings);
        boolean wildcards = new Values(findings).truth(name.wildcards(), "wildcards");
        return condition == null
                ? null
                : new NameGrant.When(name.text().value(), condition, wildcards);
    }

    private NameGrant.@Nullable Dns dns(Scalar text) {
        return dns(text, text.value(), 0);
    }

    private NameGrant.@Nullable Dns dns(Scalar scalar, String pattern, int offset) {
        Star star = Star.NONE;
        String rest = pattern;
        if (pattern.equals("*") || pattern.equals("**")) {
            findings.error(
                    scalar.at(offset),
                    "This would allow every name; if that is meant, write {when: \"true\"}");
            return null;
        }
        if (pattern.startsWith("**.")) {
            star = Star.SOME_LABELS;
            rest = pattern.substring(3);
        } else if (pattern.startsWith("*.")) {
            star = Star.ONE_LABEL;
            rest = pattern.substring(2);
        }
        if (star != Star.NONE && rest.indexOf('.') < 0) {
            findings.warning(scalar.at(offset), "This allows names of a whole top-level domain");
        }
        List<Template> labels = new ArrayList<>();
        int at = offset + pattern.length() - rest.length();
        for (String label : labelsOf(rest)) {
            Template template = Template.parse(label, scalar, at, findings);
            if (template == null) {
                return null;
            }
            String sample = template.sample(trustDomain, "x");
            boolean isLast = at + label.length() == offset + pattern.length();
            if (!isDnsName(isLast ? sample : sample + ".x")) {
                findings.error(
                        scalar.at(at),
                        "Not a pattern of DNS names (expected: labels of lower-case letters, digits"
                                + " and inner hyphens, the last one no number; *. in front for one label, **. for some;"
                                + " {exact: \"*.example.org\"} for a wildcard name)");
                return null;
            }
            labels.add(template);
            at += label.length() + 1;
        }
        return new NameGrant.Dns(pattern, star, labels);
    }

    /// The dots in an attribute's key do not part labels.
    private static List<String> labelsOf(String name) {
        List<String> labels = new ArrayList<>();
        int from = 0;
        boolean inside = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            inside = c == '{' || (inside && c != '}');
            if (c == '.' && !inside) {
                labels.add(name.substring(from, i));
                from = i + 1;
            }
        }
        labels.add(name.substring(from));
        return labels;
    }

    private static boolean isDnsName(String name) {
        return AlternativeNames.isDnsName(name) && !name.startsWith("*");
    }

    private NameGrant.@Nullable Ip ip(Scalar text) {
        String value = text.value();
        int slash = value.indexOf('/');
        try {
            InetAddress network =
                    InetAddress.ofLiteral(slash < 0 ? value : value.substring(0, slash));
            int bits = network.getAddress().length * 8;
            int prefix = slash < 0 ? bits : Integer.parseInt(value, slash + 1, value.length(), 10);
            if (prefix < 0 || prefix > bits || !hasNoBitsBehind(network, prefix)) {
                findings.error(
                        text.at(),
                        "Not a network: its length is 0 to "
                                + bits
                                + ", and all bits behind are 0 (10.0.0.0/8)");
                return null;
            }
            if (prefix == 0) {
                findings.warning(text.at(), "This allows every address");
            }
            return new NameGrant.Ip(value, network, prefix);
        } catch (IllegalArgumentException _) {
            findings.error(
                    text.at(),
                    "Not an IP address or network (expected: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32)");
            return null;
        }
    }

    private static boolean hasNoBitsBehind(InetAddress network, int prefix) {
        byte[] octets = network.getAddress();
        for (int bit = prefix; bit < octets.length * 8; bit++) {
            if ((octets[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                return false;
            }
        }
        return true;
    }

    private NameGrant.@Nullable Email email(Scalar text) {
        int at = text.value().lastIndexOf('@');
        if (at < 1) {
            findings.error(
                    text.at(), "Not a pattern of e-mail addresses (expected: *@example.org)");
            return null;
        }
        String local = text.value().substring(0, at);
        Template localPart = Template.parse(local, text, 0, findings);
        NameGrant.Dns host = dns(text, text.value().substring(at + 1), at + 1);
        return localPart == null || host == null
                ? null
                : new NameGrant.Email(text.value(), localPart, local.equals("*"), host);
    }

    private NameGrant.@Nullable Uri uri(Scalar text) {
        boolean open = text.value().endsWith("*");
        String beginning =
                open ? text.value().substring(0, text.value().length() - 1) : text.value();
        Template template = Template.parse(beginning, text, 0, findings);
        if (template == null) {
            return null;
        }
        String sample = template.sample(trustDomain, "x");
        int authority = sample.indexOf("://");
        boolean isBounded = authority > 0 && sample.indexOf('/', authority + 3) > authority + 3;
        if ((open && !isBounded) || sample.indexOf('*') >= 0 || !isUri(sample)) {
            findings.error(
                    text.at(),
                    "Not a pattern of URIs (expected: one of another scheme than spiffe; a * at its"
                            + " end, behind scheme://host/)");
            return null;
        }
        return new NameGrant.Uri(text.value(), template, open);
    }

    private NameGrant.@Nullable Other other(Scalar text) {
        if (!text.value().equals(NameGrant.Other.ANY) && !ObjectIdentifiers.isValid(text.value())) {
            findings.error(
                    text.at(),
                    "Not a type of other names (expected: an object identifier such as"
                            + " 1.3.6.1.4.1.311.20.2.3, or * for any)");
            return null;
        }
        return new NameGrant.Other(text.value());
    }

    private static boolean isUri(String text) {
        try {
            return !new AlternativeNames(List.of(), List.of(), List.of(), List.of(text)).isEmpty();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
