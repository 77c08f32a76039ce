package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From text to [PolicyDocument]: size, YAML, keys, shapes, names that appear twice. Used once.
final class DocumentReader {

    static final int MAX_OCTETS = 256 * 1024;
    static final int MAX_RULES = 1_000;
    static final int MAX_PROFILES = 100;
    static final int MAX_ITEMS = 100;
    private static final int MAX_DESCRIPTION = 1_000;
    private static final String API_VERSION = "signet.dev/v1";

    private static final List<String> DOCUMENT =
            List.of("apiVersion", "description", "defaults", "profiles", "rules");
    private static final List<String> DEFAULTS =
            List.of("lifetime", "maxLifetime", "minLifetime", "keyTypes", "profile");
    private static final List<String> PROFILE =
            List.of(
                    "name",
                    "version",
                    "backdate",
                    "keyUsages",
                    "extendedKeyUsages",
                    "authority",
                    "revocation",
                    "spiffeId");
    private static final List<String> AUTHORITY =
            List.of("pathLength", "permittedDnsDomains", "unconstrained");
    private static final List<String> RULE =
            List.of("name", "description", "when", "grant", "deny");
    private static final List<String> GRANT =
            List.of(
                    "spiffeId",
                    "names",
                    "subject",
                    "keyTypes",
                    "lifetime",
                    "profile",
                    "keyUsages",
                    "extendedKeyUsages",
                    "usages",
                    "rateLimit");
    private static final List<String> NAMES = List.of("dns", "ip", "email", "uri", "other");
    private static final List<String> NAME = List.of("exact", "when");
    private static final List<String> DNS_NAME = List.of("exact", "when", "wildcards");
    private static final List<String> ONE_OF = List.of("oneOf");
    private static final List<String> SUBJECT = List.of("type", "value");
    private static final List<String> LIFETIME = List.of("default", "max", "min");
    private static final List<String> LIMIT = List.of("issuances", "period", "per");

    private final Findings findings;
    private final DocumentText document;

    private DocumentReader(DocumentText document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    /// @return empty when nothing could be made of it; otherwise what could, with findings beside
    static Optional<PolicyDocument> read(String text, Findings findings) {
        if (text.length() > MAX_OCTETS
                || text.getBytes(StandardCharsets.UTF_8).length > MAX_OCTETS) {
            findings.error(
                    Position.START, "The document is larger than 256 KiB; split it or shorten it");
            return Optional.empty();
        }
        DocumentText document = new DocumentText(text);
        return YamlText.read(text, document, findings)
                .flatMap(root -> new DocumentReader(document, findings).document(root));
    }

    private Optional<PolicyDocument> document(Node root) {
        YamlMapping top = mapping(root, "The document", DOCUMENT);
        if (top == null) {
            return Optional.empty();
        }
        Scalar apiVersion = top.requiredText("apiVersion");
        if (apiVersion != null && !apiVersion.value().equals(API_VERSION)) {
            findings.error(apiVersion.at(), "apiVersion is not " + API_VERSION);
        }
        if (!top.has("rules")) {
            findings.error(top.at(), "The document has no rules");
        }
        return Optional.of(
                new PolicyDocument(description(top), defaults(top), profiles(top), rules(top)));
    }

    private PolicyDocument.Defaults defaults(YamlMapping top) {
        YamlMapping defaults = top.mapping("defaults", DEFAULTS);
        if (defaults == null) {
            return PolicyDocument.Defaults.NONE;
        }
        return new PolicyDocument.Defaults(
                new PolicyDocument.Lifetime(
                        defaults.text("lifetime"),
                        defaults.text("maxLifetime"),
                        defaults.text("minLifetime")),
                defaults.texts("keyTypes"),
                defaults.text("profile"));
    }

    private List<PolicyDocument.Profile> profiles(YamlMapping top) {
        List<PolicyDocument.Profile> profiles = new ArrayList<>();
        Map<String, Position> names = new HashMap<>();
        for (Node item : bounded(top, "profiles", MAX_PROFILES)) {
            YamlMapping profile = mapping(item, "A profile", PROFILE);
            Scalar name = profile == null ? null : profile.requiredText("name");
            if (profile != null && name != null) {
                unique("profile", name, names);
                profiles.add(
                        new PolicyDocument.Profile(
                                profile.at(),
                                name,
                                profile.text("version"),
                                profile.text("backdate"),
                                profile.texts("keyUsages"),
                                profile.texts("extendedKeyUsages"),
                                authority(profile),
                                profile.text("revocation"),
                                profile.text("spiffeId")));
            }
        }
        return profiles;
    }

    private PolicyDocument.@Nullable Authority authority(YamlMapping profile) {
        YamlMapping authority = profile.mapping("authority", AUTHORITY);
        return authority == null
                ? null
                : new PolicyDocument.Authority(
                        authority.at(),
                        authority.text("pathLength"),
                        authority.texts("permittedDnsDomains"),
                        authority.text("unconstrained"));
    }

    private List<PolicyDocument.Rule> rules(YamlMapping top) {
        List<PolicyDocument.Rule> rules = new ArrayList<>();
        Map<String, Position> names = new HashMap<>();
        for (Node item : bounded(top, "rules", MAX_RULES)) {
            YamlMapping rule = mapping(item, "A rule", RULE);
            Scalar name = rule == null ? null : rule.requiredText("name");
            if (rule == null || name == null) {
                continue;
            }
            unique("rule", name, names);
            if (rule.has("grant") == rule.has("deny")) {
                findings.error(
                        rule.at(),
                        "Rule "
                                + name
                                + (rule.has("grant")
                                        ? " has both grant and deny"
                                        : " has neither grant nor deny")
                                + " (expected: one of them)");
            }
            rules.add(
                    new PolicyDocument.Rule(
                            rule.at(),
                            name,
                            description(rule),
                            rule.text("when"),
                            rule.text("deny"),
                            grant(rule)));
        }
        return rules;
    }

    private PolicyDocument.@Nullable Grant grant(YamlMapping rule) {
        YamlMapping grant = rule.mapping("grant", GRANT);
        if (grant == null) {
            return null;
        }
        Node id = grant.node("spiffeId");
        if (id == null) {
            findings.error(grant.at(), "grant has no spiffeId");
        }
        boolean isSubjectText = grant.node("subject") instanceof ScalarNode;
        return new PolicyDocument.Grant(
                grant.at(),
                id instanceof ScalarNode ? grant.text("spiffeId") : null,
                id == null || id instanceof ScalarNode ? List.of() : oneOf(id),
                names(grant),
                isSubjectText ? List.of() : subject(grant),
                isSubjectText ? grant.text("subject") : null,
                grant.texts("keyTypes"),
                lifetime(grant),
                grant.text("profile"),
                grant.texts("keyUsages"),
                grant.texts("extendedKeyUsages"),
                grant.text("usages"),
                limit(grant));
    }

    private List<Scalar> oneOf(Node id) {
        if (id instanceof MappingNode mapping
                && mapping.getValue().size() == 1
                && mapping.getValue().getFirst().getValueNode() instanceof ScalarNode empty
                && empty.getValue().isEmpty()) {
            findings.error(
                    YamlText.position(id.getStartMark()),
                    "spiffeId is a mapping (expected: text or oneOf; put a text that begins with {"
                            + " in quotes)");
            return List.of();
        }
        YamlMapping choice = mapping(id, "spiffeId", ONE_OF);
        if (choice == null) {
            return List.of();
        }
        List<Scalar> patterns = choice.texts("oneOf");
        if (patterns == null || patterns.isEmpty() || patterns.size() > MAX_ITEMS) {
            findings.error(choice.at(), "oneOf is not a list of 1 to 100 patterns of SPIFFE IDs");
            return List.of();
        }
        return patterns;
    }

    private PolicyDocument.Names names(YamlMapping grant) {
        YamlMapping names = grant.mapping("names", NAMES);
        return names == null
                ? PolicyDocument.Names.NONE
                : new PolicyDocument.Names(
                        names(names, "dns"),
                        names(names, "ip"),
                        names(names, "email"),
                        names(names, "uri"),
                        names(names, "other"));
    }

    private List<PolicyDocument.Name> names(YamlMapping kinds, String kind) {
        List<PolicyDocument.Name> names = new ArrayList<>();
        for (Node item : bounded(kinds, kind, MAX_ITEMS)) {
            if (item instanceof ScalarNode scalar) {
                names.add(
                        new PolicyDocument.Name(
                                PolicyDocument.Name.Form.PATTERN,
                                new Scalar(scalar, document),
                                null));
                continue;
            }
            YamlMapping name = mapping(item, "A name", kind.equals("dns") ? DNS_NAME : NAME);
            if (name == null) {
                continue;
            }
            Scalar exact = name.text("exact");
            Scalar when = name.text("when");
            Scalar wildcards = name.has("wildcards") ? name.text("wildcards") : null;
            if (exact != null && when == null && wildcards == null) {
                names.add(new PolicyDocument.Name(PolicyDocument.Name.Form.EXACT, exact, null));
            } else if (when != null && exact == null) {
                names.add(new PolicyDocument.Name(PolicyDocument.Name.Form.WHEN, when, wildcards));
            } else {
                findings.error(name.at(), "A name is not a pattern, or one of exact and when");
            }
        }
        return names;
    }

    private List<PolicyDocument.SubjectPart> subject(YamlMapping grant) {
        List<PolicyDocument.SubjectPart> subject = new ArrayList<>();
        for (Node item : bounded(grant, "subject", 16)) {
            YamlMapping part = mapping(item, "A part of the subject", SUBJECT);
            if (part != null) {
                Scalar type = part.requiredText("type");
                Scalar value = part.requiredText("value");
                if (type != null && value != null) {
                    subject.add(new PolicyDocument.SubjectPart(type, value));
                }
            }
        }
        return subject;
    }

    private PolicyDocument.Lifetime lifetime(YamlMapping grant) {
        if (!(grant.node("lifetime") instanceof MappingNode)) {
            // One text alone is both what is usual and the most.
            Scalar lifetime = grant.text("lifetime");
            return new PolicyDocument.Lifetime(lifetime, lifetime, null);
        }
        YamlMapping lifetime = grant.mapping("lifetime", LIFETIME);
        return lifetime == null
                ? PolicyDocument.Lifetime.NONE
                : new PolicyDocument.Lifetime(
                        lifetime.text("default"), lifetime.text("max"), lifetime.text("min"));
    }

    private PolicyDocument.@Nullable Limit limit(YamlMapping grant) {
        YamlMapping limit = grant.mapping("rateLimit", LIMIT);
        if (limit == null) {
            return null;
        }
        Scalar issuances = limit.requiredText("issuances");
        Scalar period = limit.requiredText("period");
        return issuances == null || period == null
                ? null
                : new PolicyDocument.Limit(limit.at(), issuances, period, limit.text("per"));
    }

    private @Nullable Scalar description(YamlMapping of) {
        Scalar description = of.text("description");
        if (description != null && description.value().length() > MAX_DESCRIPTION) {
            findings.error(description.at(), "description is longer than 1,000 characters");
        }
        return description;
    }

    private List<Node> bounded(YamlMapping of, String key, int most) {
        List<Node> items = of.items(key);
        if (items.size() > most) {
            findings.error(
                    YamlText.position(items.get(most).getStartMark()),
                    key + " has more than " + most + " items");
            return List.of();
        }
        return items;
    }

    private void unique(String what, Scalar name, Map<String, Position> names) {
        Position first = names.putIfAbsent(name.value(), name.at());
        if (first != null) {
            findings.error(
                    name.at(),
                    "There is a " + what + " " + name + " already, in line " + first.line());
        }
    }

    private @Nullable YamlMapping mapping(Node node, String what, List<String> known) {
        return YamlMapping.of(node, what, known, document, findings);
    }
}
