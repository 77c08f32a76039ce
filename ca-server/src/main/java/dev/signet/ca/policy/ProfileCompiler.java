package dev.signet.ca.policy;

import dev.signet.ca.certificate.BuiltInProfiles;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateProfile.AuthorityConstraints;
import dev.signet.ca.certificate.CertificateProfile.Identity;
import dev.signet.ca.certificate.CertificateProfile.Revocation;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The profiles that rules of a document may name: the built-in ones and its own, each checked
/// against RFC 5280.
final class ProfileCompiler {

    private final Function<CertificateProfile, List<String>> objections;
    private final Values values;
    private final Findings findings;

    ProfileCompiler(Function<CertificateProfile, List<String>> objections, Findings findings) {
        this.objections = objections;
        this.values = new Values(findings);
        this.findings = findings;
    }

    Map<String, CertificateProfile> compile(List<PolicyDocument.Profile> profiles) {
        Map<String, CertificateProfile> byName = new LinkedHashMap<>();
        BuiltInProfiles.all().forEach(profile -> byName.put(profile.name(), profile));
        for (PolicyDocument.Profile profile : profiles) {
            values.requireName("profile", profile.name());
            if (BuiltInProfiles.named(profile.name().value()).isPresent()) {
                findings.error(
                        profile.name().at(),
                        "Profile " + profile.name() + " is built in; take another name");
                continue;
            }
            CertificateProfile compiled = compile(profile);
            for (String objection : objections.apply(compiled)) {
                findings.error(profile.at(), "Profile " + profile.name() + ": " + objection);
            }
            byName.put(compiled.name(), compiled);
        }
        return byName;
    }

    private CertificateProfile compile(PolicyDocument.Profile profile) {
        List<KeyUsage> keyUsages =
                profile.keyUsages() == null
                        ? List.of(KeyUsage.DIGITAL_SIGNATURE)
                        : values.choices(profile.keyUsages(), "key usage", Values.KEY_USAGES);
        List<ExtendedKeyUsage> extendedKeyUsages =
                profile.extendedKeyUsages() == null
                        ? List.of()
                        : values.choices(
                                profile.extendedKeyUsages(),
                                "extended key usage",
                                Values.EXTENDED_KEY_USAGES);
        return new CertificateProfile(
                profile.name().value(),
                values.number(profile.version(), 1),
                values.duration(profile.backdate(), CertificateProfile.WORKLOAD.backdate()),
                new HashSet<>(keyUsages),
                extendedKeyUsages,
                authority(profile.authority()),
                revocation(profile.revocation()),
                identity(profile.spiffeId()));
    }

    private Revocation revocation(@Nullable Scalar text) {
        Revocation revocation =
                text == null ? null : values.choice(text, "revocation", Values.REVOCATIONS);
        return revocation == null ? Revocation.BY_LIFETIME : revocation;
    }

    private Identity identity(@Nullable Scalar text) {
        Identity identity =
                text == null ? null : values.choice(text, "value of spiffeId", Values.IDENTITIES);
        return identity == null ? Identity.WRITTEN : identity;
    }

    private @Nullable AuthorityConstraints authority(PolicyDocument.@Nullable Authority authority) {
        if (authority == null) {
            return null;
        }
        List<Scalar> domains = authority.permittedDnsDomains();
        return new AuthorityConstraints(
                values.number(authority.pathLength(), 0),
                domains == null ? List.of() : domains.stream().map(Scalar::value).toList(),
                values.truth(authority.unconstrained(), "unconstrained"));
    }
}
