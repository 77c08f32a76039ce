package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.ProfileRules;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.certificate.UsageRules;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what a rule grants, and refuses what goes beyond the server's bounds or the profile's.
final class GrantCompiler {

    private final TrustDomain trustDomain;
    private final PolicySettings settings;
    private final PolicyDocument.Defaults defaults;
    private final Map<String, CertificateProfile> profiles;
    private final IdentityCompiler identities;
    private final NameCompiler names;
    private final Values values;
    private final Findings findings;

    GrantCompiler(
            TrustDomain trustDomain,
            PolicySettings settings,
            PolicyDocument.Defaults defaults,
            Map<String, CertificateProfile> profiles,
            Conditions conditions,
            Findings findings) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.defaults = defaults;
        this.profiles = profiles;
        this.identities = new IdentityCompiler(trustDomain, findings);
        this.names = new NameCompiler(trustDomain, conditions, findings);
        this.values = new Values(findings);
        this.findings = findings;
    }

    /// @return null when it is unusable, which is said
    @Nullable Grant compile(PolicyDocument.Grant grant) {
        IdentityGrant identity = identities.compile(grant.spiffeId(), grant.oneOf());
        CertificateProfile profile = profile(grant);
        List<Grant.SubjectPart> subject = subject(grant.subject());
        boolean subjectRequested = values.requested(grant.subjectRequested(), "subject");
        Grant.Lifetimes lifetimes = lifetimes(grant);
        NameGrants nameGrants = names.compile(grant.names());
        RateLimit rateLimit = rateLimit(grant.rateLimit());
        if (identity == null || profile == null) {
            return null;
        }
        if (profile.constrainsAuthority()) {
            checkAuthority(grant, profile);
        }
        CertificateProfile.AuthorityConstraints authority = profile.authority();
        if (authority != null) {
            findings.needsPathLength(
                    authority.pathLength(),
                    profile.name(),
                    grant.profile() != null ? grant.profile().at() : grant.at());
        }
        checkUris(grant, profile);
        UsageGrant usages = usages(grant, profile);
        return new Grant(
                identity,
                nameGrants,
                subject,
                subjectRequested,
                lifetimes,
                profile,
                usages,
                keyTypes(grant, profile, usages),
                rateLimit);
    }

    private @Nullable CertificateProfile profile(PolicyDocument.Grant grant) {
        Scalar name = grant.profile() != null ? grant.profile() : defaults.profile();
        return name == null
                ? CertificateProfile.WORKLOAD
                : values.choice(name, "profile", profiles);
    }

    private void checkAuthority(PolicyDocument.Grant grant, CertificateProfile profile) {
        if (!ProfileRules.mayConstrain(trustDomain)) {
            findings.error(
                    grant.at(),
                    "Profile "
                            + profile.name()
                            + " makes CAs, and this trust domain cannot be a name constraint");
        }
        if (!grant.names().equals(PolicyDocument.Names.NONE)) {
            findings.error(
                    grant.at(), "Profile " + profile.name() + " makes CAs, which have no names");
        }
    }

    /// An X509-SVID has exactly one URI SAN (SPIFFE X509-SVID 2): its verifiers refuse another one.
    private void checkUris(PolicyDocument.Grant grant, CertificateProfile profile) {
        if (!profile.writesIdentity() || profile.authority() != null) {
            return;
        }
        for (PolicyDocument.Name uri : grant.names().uri()) {
            findings.error(
                    uri.text().at(),
                    "A certificate with a SPIFFE ID and another URI is no X509-SVID, and whoever"
                            + " verifies it refuses it (expected: no uri names with profile "
                            + profile.name()
                            + ", or a profile with spiffeId: recorded)");
        }
    }

    private UsageGrant usages(PolicyDocument.Grant grant, CertificateProfile profile) {
        UsageGrant usages =
                new UsageGrant(
                        keyUsages(grant, profile),
                        extendedKeyUsages(grant, profile),
                        values.requested(grant.usages(), "usages"));
        String objection =
                UsageRules.objection(
                        usages.keyUsages(),
                        usages.extendedKeyUsages(),
                        profile.authority() != null);
        if (objection != null) {
            findings.error(
                    grant.at(),
                    "The usages of those who request none: "
                            + objection
                            + " (expected: keyUsages and extendedKeyUsages that choose some of"
                            + " profile "
                            + profile.name()
                            + ")");
        }
        return usages;
    }

    private Set<KeyUsage> keyUsages(PolicyDocument.Grant grant, CertificateProfile profile) {
        if (grant.keyUsages() == null) {
            return profile.keyUsages();
        }
        Set<KeyUsage> chosen = EnumSet.noneOf(KeyUsage.class);
        chosen.addAll(values.choices(grant.keyUsages(), "key usage", Values.KEY_USAGES));
        for (Scalar text : grant.keyUsages()) {
            KeyUsage usage = Values.KEY_USAGES.get(text.value());
            if (usage != null && !profile.keyUsages().contains(usage)) {
                findings.error(text.at(), text + " is not one of profile " + profile.name());
            }
        }
        return chosen;
    }

    private List<ExtendedKeyUsage> extendedKeyUsages(
            PolicyDocument.Grant grant, CertificateProfile profile) {
        if (grant.extendedKeyUsages() == null) {
            return profile.extendedKeyUsages();
        }
        List<ExtendedKeyUsage> chosen =
                values.choices(
                        grant.extendedKeyUsages(),
                        "extended key usage",
                        Values.EXTENDED_KEY_USAGES);
        for (Scalar text : grant.extendedKeyUsages()) {
            ExtendedKeyUsage usage = Values.EXTENDED_KEY_USAGES.get(text.value());
            if (usage != null && !profile.extendedKeyUsages().contains(usage)) {
                findings.error(text.at(), text + " is not one of profile " + profile.name());
            }
        }
        if (chosen.isEmpty() && !profile.extendedKeyUsages().isEmpty()) {
            findings.error(
                    grant.at(),
                    "extendedKeyUsages is empty; leave it out for all those of the profile");
        }
        // In the profile's order, in which they are written.
        return profile.extendedKeyUsages().stream().filter(chosen::contains).toList();
    }

    private Set<PublicKeyType> keyTypes(
            PolicyDocument.Grant grant, CertificateProfile profile, UsageGrant usages) {
        List<Scalar> texts = grant.keyTypes() != null ? grant.keyTypes() : defaults.keyTypes();
        Set<PublicKeyType> possible = possible(profile, usages);
        if (texts == null) {
            return possible;
        }
        Set<PublicKeyType> chosen = EnumSet.noneOf(PublicKeyType.class);
        chosen.addAll(values.choices(texts, "key type", Values.KEY_TYPES));
        chosen.retainAll(possible);
        if (chosen.isEmpty()) {
            findings.error(
                    grant.at(), "No key type is left that profile " + profile.name() + " may have");
        }
        return chosen;
    }

    /// Where usages may be requested, each type that can have one of them.
    private static Set<PublicKeyType> possible(CertificateProfile profile, UsageGrant usages) {
        Set<PublicKeyType> possible = ProfileRules.keyTypes(usages.keyUsages());
        if (usages.requested()) {
            profile.keyUsages()
                    .forEach(usage -> possible.addAll(ProfileRules.keyTypes(Set.of(usage))));
        }
        return possible;
    }

    private List<Grant.SubjectPart> subject(List<PolicyDocument.SubjectPart> parts) {
        List<Grant.SubjectPart> subject = new ArrayList<>();
        for (PolicyDocument.SubjectPart part : parts) {
            SubjectName.Type type =
                    values.choice(part.type(), "type of subject attribute", Values.SUBJECT_TYPES);
            Template value = Template.parse(part.value(), findings);
            if (type == null || value == null) {
                continue;
            }
            if (value.isLiteral()) {
                try {
                    new SubjectName.Attribute(type, part.value().value());
                } catch (IllegalArgumentException e) {
                    findings.error(part.value().at(), String.valueOf(e.getMessage()));
                    continue;
                }
            }
            subject.add(new Grant.SubjectPart(type, value));
        }
        return subject;
    }

    private Grant.Lifetimes lifetimes(PolicyDocument.Grant grant) {
        PolicyDocument.Lifetime own = grant.lifetime();
        PolicyDocument.Lifetime general = defaults.lifetime();
        Duration most =
                bounded(own.max() != null ? own.max() : general.max(), settings.maxLifetime());
        Duration least =
                bounded(own.min() != null ? own.min() : general.min(), settings.minLifetime());
        if (least.compareTo(most) > 0) {
            findings.error(grant.at(), "The least lifetime is longer than the most");
        }
        if (own.usual() != null) {
            Duration usual = bounded(own.usual(), most);
            if (usual.compareTo(most) > 0 || usual.compareTo(least) < 0) {
                findings.error(
                        own.usual().at(), "The default lifetime is out of the rule's bounds");
            }
            return new Grant.Lifetimes(usual, least, most);
        }
        Duration usual = bounded(general.usual(), settings.defaultLifetime());
        usual = usual.compareTo(most) > 0 ? most : usual;
        return new Grant.Lifetimes(usual.compareTo(least) < 0 ? least : usual, least, most);
    }

    private Duration bounded(@Nullable Scalar text, Duration otherwise) {
        Duration lifetime = values.duration(text, otherwise);
        if (text != null
                && (lifetime.compareTo(settings.minLifetime()) < 0
                        || lifetime.compareTo(settings.maxLifetime()) > 0)) {
            findings.error(
                    text.at(),
                    "The lifetime is beyond this server's bounds (expected: "
                            + settings.minLifetime().toSeconds()
                            + "s to "
                            + settings.maxLifetime().toSeconds()
                            + "s, see signet.policy.min-lifetime and max-lifetime)");
            return otherwise;
        }
        return lifetime;
    }

    private @Nullable RateLimit rateLimit(PolicyDocument.@Nullable Limit limit) {
        if (limit == null) {
            return null;
        }
        RateLimit.Per per =
                limit.per() == null
                        ? RateLimit.Per.IDENTITY
                        : values.choice(limit.per(), "per", Values.PER);
        try {
            return new RateLimit(
                    values.number(limit.issuances(), 1),
                    values.duration(limit.period(), Duration.ofMinutes(1)),
                    per == null ? RateLimit.Per.IDENTITY : per);
        } catch (IllegalArgumentException e) {
            findings.error(limit.at(), "A " + e.getMessage());
            return null;
        }
    }
}
