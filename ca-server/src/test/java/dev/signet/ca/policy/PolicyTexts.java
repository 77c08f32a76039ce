package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Privileges;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Documents and requests for tests of this package.
final class PolicyTexts {

    static final TrustDomain DOMAIN = new TrustDomain("example.org");
    static final PolicyLanguage LANGUAGE =
            PolicyLanguage.of(
                    DOMAIN,
                    PolicySettings.defaults(),
                    new ProfileTrial(CryptoProvider.detect()),
                    new FakeStatusInformation(),
                    Privileges.builtIn(DOMAIN),
                    PolicySurroundings.UNKNOWN);

    private PolicyTexts() {}

    /// @param rules as in a document, from the first column
    static String document(String rules) {
        return "apiVersion: signet.dev/v1\nrules:\n" + rules.indent(2);
    }

    static PolicySnapshot policy(String rules) {
        return snapshot(document(rules));
    }

    static PolicySnapshot snapshot(String document) {
        PolicyLanguage.Reading reading = LANGUAGE.read(document, "1");
        assertThat(reading).as("%s", reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        return ((PolicyLanguage.Reading.Accepted) reading).snapshot();
    }

    static Request kubernetes(String namespace, String account) {
        return new Request(EvidenceKind.KUBERNETES)
                .with("kubernetes.namespace", namespace)
                .with("kubernetes.service-account", account);
    }

    static Request oidc(Map<String, String> attributes) {
        return new Request(
                EvidenceKind.OIDC, "subject", attributes, null, null, null, none(), null);
    }

    private static AlternativeNames none() {
        return AlternativeNames.NONE;
    }

    static AlternativeNames dns(String... names) {
        return new AlternativeNames(List.of(names), List.of(), List.of(), List.of());
    }

    static AlternativeNames ip(String... addresses) {
        return new AlternativeNames(
                List.of(),
                Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(),
                List.of(),
                List.of());
    }

    static AlternativeNames email(String... names) {
        return new AlternativeNames(List.of(), List.of(), List.of(names), List.of());
    }

    static AlternativeNames uri(String... names) {
        return new AlternativeNames(List.of(), List.of(), List.of(), List.of(names));
    }

    /// Makes a [PolicyRequest] step by step.
    record Request(
            EvidenceKind kind,
            String subject,
            Map<String, String> attributes,
            String bound,
            String spiffeId,
            Duration lifetime,
            AlternativeNames names,
            String profile) {

        Request(EvidenceKind kind) {
            this(kind, "subject", Map.of(), null, null, null, AlternativeNames.NONE, null);
        }

        Request with(String key, String value) {
            Map<String, String> more = new LinkedHashMap<>(attributes);
            more.put(key, value);
            return new Request(kind, subject, more, bound, spiffeId, lifetime, names, profile);
        }

        Request boundTo(String pattern) {
            return new Request(
                    kind, subject, attributes, pattern, spiffeId, lifetime, names, profile);
        }

        Request requesting(String id) {
            return new Request(kind, subject, attributes, bound, id, lifetime, names, profile);
        }

        Request requesting(AlternativeNames requested) {
            return new Request(
                    kind, subject, attributes, bound, spiffeId, lifetime, requested, profile);
        }

        Request requesting(Duration requested) {
            return new Request(
                    kind, subject, attributes, bound, spiffeId, requested, names, profile);
        }

        Request ofProfile(String requested) {
            return new Request(
                    kind, subject, attributes, bound, spiffeId, lifetime, names, requested);
        }

        PolicyRequest make() {
            return new PolicyRequest(
                    kind,
                    subject,
                    attributes,
                    bound == null ? null : SpiffeIdPattern.parse(bound).orElseThrow(),
                    new RequestedCertificate(
                            spiffeId == null ? null : SpiffeId.parse(spiffeId).orElseThrow(),
                            lifetime,
                            names,
                            profile));
        }
    }
}
