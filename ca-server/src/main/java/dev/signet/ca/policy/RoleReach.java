package dev.signet.ca.policy;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which identities with roles of the admin API a rule can come to, as far as one sees it by
/// reading: rather one too many. Of the condition only equalities count. Immutable.
final class RoleReach {

    private static final String ANY = "[a-zA-Z0-9._-]+";

    /// Of these the document alone decides who gets what. A join token is vouched for by its
    /// creator, a certificate entitles to its own ID only, a registration authority answers for
    /// itself.
    private static final Set<EvidenceKind> JUDGED_BY_POLICY =
            EnumSet.of(EvidenceKind.KUBERNETES, EvidenceKind.OIDC);

    private final TrustDomain trustDomain;
    private final Privileges privileges;

    RoleReach(TrustDomain trustDomain, Privileges privileges) {
        this.trustDomain = trustDomain;
        this.privileges = privileges;
    }

    /// What the rule can give to a caller of whom the document alone decides.
    Optional<ProtectedGrant> byPolicy(CompiledRule.Granting rule) {
        return JUDGED_BY_POLICY.stream().anyMatch(kind -> isFor(rule, kind))
                ? grant(rule)
                : Optional.empty();
    }

    /// What a registration authority can ask for by the rule.
    Optional<ProtectedGrant> byRegistrationAuthority(CompiledRule.Granting rule) {
        return isFor(rule, EvidenceKind.REGISTRATION_AUTHORITY) ? grant(rule) : Optional.empty();
    }

    private static boolean isFor(CompiledRule.Granting rule, EvidenceKind kind) {
        Set<String> kinds = equalities(rule.condition()).get(new Operand.Variable(Variables.KIND));
        return kinds == null || kinds.contains(kind.text());
    }

    private Optional<ProtectedGrant> grant(CompiledRule.Granting rule) {
        Map<Operand, Set<String>> equalities = equalities(rule.condition());
        List<SpiffeIdPattern> found = new ArrayList<>();
        Set<Role> roles =
                privileges.ofAny(mapped -> {
                    boolean reached =
                            !isReserved(mapped)
                                    && reaches(rule.grant().identity(), equalities, mapped);
                    if (reached) {
                        found.add(mapped);
                    }
                    return reached;
                });
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new ProtectedGrant(rule.name(), found.getFirst().toString(), roles));
    }

    /// No document grants those ([IdentityBounds]).
    private boolean isReserved(SpiffeIdPattern mapped) {
        return IdentityBounds.isReserved(path(mapped));
    }

    private String path(SpiffeIdPattern mapped) {
        return mapped.toString().substring(trustDomain.uri().length());
    }

    private static Map<Operand, Set<String>> equalities(Condition condition) {
        Map<Operand, Set<String>> equalities = new HashMap<>();
        for (Conjunct conjunct : condition.conjuncts()) {
            if (conjunct instanceof Conjunct.Equality(Operand operand, Set<String> values)) {
                equalities.putIfAbsent(operand, values);
            }
        }
        return equalities;
    }

    private boolean reaches(
            IdentityGrant grant, Map<Operand, Set<String>> equalities, SpiffeIdPattern mapped) {
        return switch (grant) {
            // Nothing is bound but join tokens and certificates.
            case IdentityGrant.OfEvidence() -> false;
            case IdentityGrant.OfRequest() -> mayBeRequested(equalities, mapped);
            case IdentityGrant.Made(Template template) ->
                    matches(segments(template, equalities), false, mapped);
            case IdentityGrant.OneOf(List<SegmentPattern> patterns) ->
                    mayBeRequested(equalities, mapped)
                            && patterns.stream()
                                    .anyMatch(pattern ->
                                            matches(
                                                    segments(pattern, equalities),
                                                    pattern.open(),
                                                    mapped));
        };
    }

    private static boolean mayBeRequested(
            Map<Operand, Set<String>> equalities, SpiffeIdPattern mapped) {
        Set<String> requested = equalities.get(new Operand.Variable(Variables.REQUESTED_ID));
        return requested == null
                || requested.stream()
                        .flatMap(text -> SpiffeId.parse(text).stream())
                        .anyMatch(mapped::matches);
    }

    /// @param segments regular expressions
    /// @param open whether more segments may follow
    private boolean matches(List<String> segments, boolean open, SpiffeIdPattern mapped) {
        String[] actual = path(mapped).substring(1).split("/", -1);
        if (open ? actual.length <= segments.size() : actual.length != segments.size()) {
            return false;
        }
        boolean lastIsAny = mapped.exact().isEmpty();
        for (int i = 0; i < segments.size(); i++) {
            boolean isAny = lastIsAny && i == actual.length - 1;
            if (!isAny && !Pattern.matches(segments.get(i), actual[i])) {
                return false;
            }
        }
        return true;
    }

    private List<String> segments(SegmentPattern pattern, Map<Operand, Set<String>> equalities) {
        List<String> segments = new ArrayList<>();
        for (@Nullable Template segment : pattern.segments()) {
            segments.add(segment == null ? ANY : String.join("/", split(segment, equalities, "")));
        }
        return segments;
    }

    private List<String> segments(Template template, Map<Operand, Set<String>> equalities) {
        return split(template, equalities, trustDomain.uri() + "/");
    }

    /// @param prefix of the rendered text that is left out
    private List<String> split(
            Template template, Map<Operand, Set<String>> equalities, String prefix) {
        List<StringBuilder> segments = new ArrayList<>();
        segments.add(new StringBuilder());
        StringBuilder literal = new StringBuilder();
        for (Template.Part part : template.parts()) {
            switch (part) {
                case Template.Part.Literal(String text) -> literal.append(text);
                case Template.Part.TrustDomainName() -> literal.append(trustDomain.name());
                case Template.Part.Value(Operand operand) -> {
                    prefix = append(literal, prefix, segments);
                    segments.getLast().append(value(equalities.get(operand)));
                }
            }
        }
        append(literal, prefix, segments);
        return segments.stream().map(StringBuilder::toString).toList();
    }

    /// @return what is left of the prefix: nothing, as the trust domain comes before any value
    private static String append(
            StringBuilder literal, String prefix, List<StringBuilder> segments) {
        String[] parts = literal.substring(prefix.length()).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                segments.add(new StringBuilder());
            }
            segments.getLast().append(parts[i].isEmpty() ? "" : Pattern.quote(parts[i]));
        }
        literal.setLength(0);
        return "";
    }

    private static String value(@Nullable Set<String> values) {
        if (values == null) {
            return ANY;
        }
        List<String> quoted = values.stream().map(Pattern::quote).toList();
        return "(?:" + String.join("|", quoted) + ")";
    }
}
