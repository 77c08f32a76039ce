package dev.signet.ca.policy;

import dev.signet.ca.certificate.BuiltInProfiles;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.identity.ShownText;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.privilege.RoleNames;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The policy language: reads a document, checks all of it, and makes a snapshot of it.
/// Thread-safe.
final class DocumentCompiler implements PolicyLanguage {

    private final TrustDomain trustDomain;
    private final PolicySettings settings;
    private final Function<CertificateProfile, List<String>> profileObjections;
    private final PolicySurroundings surroundings;
    private final RoleReach reach;
    private final Conditions conditions = new Conditions();

    /// @param profileObjections why not to use a profile of a document; empty: nothing
    DocumentCompiler(
            TrustDomain trustDomain,
            PolicySettings settings,
            Privileges privileges,
            Function<CertificateProfile, List<String>> profileObjections,
            PolicySurroundings surroundings) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.profileObjections = profileObjections;
        this.surroundings = surroundings;
        this.reach = new RoleReach(trustDomain, privileges);
    }

    @Override
    public Reading read(String document, String label, Set<Role> activatorRoles) {
        return read(
                document,
                label,
                activatorRoles,
                new Findings(surroundings, PolicyFinding.Severity.ERROR));
    }

    @Override
    public Reading readInForce(String document, String label, Set<Role> activatorRoles) {
        return read(
                document,
                label,
                activatorRoles,
                new Findings(surroundings, PolicyFinding.Severity.WARNING));
    }

    private Reading read(
            String document, String label, Set<Role> activatorRoles, Findings findings) {
        Optional<PolicyDocument> parsed = DocumentReader.read(document, findings);
        if (parsed.isEmpty()) {
            return new Reading.NotAccepted(findings.list());
        }
        Map<String, CertificateProfile> profiles =
                new ProfileCompiler(profileObjections, findings).compile(parsed.get().profiles());
        List<CompiledRule> rules = compile(parsed.get(), profiles, findings);
        List<ProtectedGrant> protectedGrants = protectedGrants(parsed.get(), rules, findings);
        if (findings.hasErrors()) {
            return new Reading.NotAccepted(findings.list());
        }
        BuiltInRules builtIn =
                new BuiltInRules(
                        trustDomain, settings, CertificateProfile.WORKLOAD, BuiltInProfiles.CLIENT);
        PolicySnapshot snapshot =
                new CompiledPolicy(
                        label + "+sha256:" + digest(document),
                        builtIn,
                        new IdentityBounds(trustDomain),
                        rules,
                        profiles.values(),
                        protectedGrants,
                        activatorRoles);
        return new Reading.Accepted(snapshot, findings.list());
    }

    private List<CompiledRule> compile(
            PolicyDocument document, Map<String, CertificateProfile> profiles, Findings findings) {
        GrantCompiler grants =
                new GrantCompiler(
                        trustDomain, settings, document.defaults(), profiles, conditions, findings);
        Values values = new Values(findings);
        List<CompiledRule> rules = new ArrayList<>();
        for (PolicyDocument.Rule rule : document.rules()) {
            Interruption.check();
            values.requireName("rule", rule.name());
            if (BuiltInRules.NAMES.contains(rule.name().value())) {
                findings.error(
                        rule.name().at(),
                        "Rule " + rule.name() + " is built in; take another name");
            }
            Condition condition =
                    rule.when() == null
                            ? Condition.ALWAYS
                            : conditions.compile(rule.when(), CelConditions.Scope.RULE, findings);
            CompiledRule compiled = compile(rule, condition, grants, findings);
            if (compiled != null) {
                reportShadow(rule, compiled, rules, findings);
                rules.add(compiled);
            }
        }
        return rules;
    }

    /// Which rules reach identities with roles of the admin API, each said.
    private List<ProtectedGrant> protectedGrants(
            PolicyDocument document, List<CompiledRule> rules, Findings findings) {
        Map<String, Position> places =
                document.rules().stream()
                        .collect(
                                Collectors.toMap(
                                        rule -> rule.name().value(),
                                        rule -> rule.name().at(),
                                        (first, _) -> first));
        List<ProtectedGrant> grants = new ArrayList<>();
        for (CompiledRule rule : rules) {
            if (rule instanceof CompiledRule.Granting granting) {
                Position at = places.getOrDefault(rule.name(), Position.START);
                reach.byPolicy(granting)
                        .ifPresent(grant -> {
                            grants.add(grant);
                            findings.warning(
                                    at, warning(grant) + "; to put it in force takes them");
                        });
                reach.byRegistrationAuthority(granting)
                        .ifPresent(grant ->
                                findings.warning(
                                        at,
                                        warning(grant)
                                                + "; a registration authority is given it only if it"
                                                + " carries them itself"));
            }
        }
        return grants;
    }

    private static String warning(ProtectedGrant grant) {
        return "Rule "
                + grant.rule()
                + " can grant "
                + grant.identity()
                + ", which carries roles of the admin API: "
                + String.join(", ", RoleNames.of(grant.roles()));
    }

    private static @Nullable CompiledRule compile(
            PolicyDocument.Rule rule,
            @Nullable Condition condition,
            GrantCompiler grants,
            Findings findings) {
        String name = rule.name().value();
        if (rule.deny() != null) {
            String reason = rule.deny().value();
            if (reason.isBlank() || reason.length() > 1_000 || !ShownText.isShown(reason)) {
                findings.error(
                        rule.deny().at(),
                        "deny is not a reason of 1 to 1,000 printable characters on one line for"
                                + " the operator");
            }
            return condition == null
                    ? null
                    : new CompiledRule.Denying(name, condition, rule.deny().value());
        }
        Grant grant = rule.grant() == null ? null : grants.compile(rule.grant());
        return condition == null || grant == null
                ? null
                : new CompiledRule.Granting(name, condition, grant);
    }

    private static void reportShadow(
            PolicyDocument.Rule rule,
            CompiledRule compiled,
            List<CompiledRule> earlier,
            Findings findings) {
        for (CompiledRule other : earlier) {
            Interruption.check();
            if (other.condition().isImpliedBy(compiled.condition())) {
                findings.error(
                        rule.when() == null ? rule.at() : rule.when().at(),
                        "Rule "
                                + rule.name()
                                + " can never decide: rule "
                                + other.name()
                                + " before it is for all the same requests");
                return;
            }
        }
    }

    /// Everything that the snapshot decides by, so that two servers with the same version decide
    /// alike (R5).
    private String digest(String document) {
        String content =
                String.join("\n", trustDomain.name(), settings.decisive(), profiles(), document);
        try {
            byte[] sha256 =
                    MessageDigest.getInstance("SHA-256")
                            .digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    /// What a name means never changes without a new version.
    private static String profiles() {
        return BuiltInProfiles.all().stream()
                .map(profile -> profile.name() + "/" + profile.version())
                .collect(Collectors.joining(","));
    }
}
