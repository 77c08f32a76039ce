package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

/// The documents of docs/examples decide as they say.
class ExamplePoliciesTest {

    private static final TrustDomain DOMAIN = new TrustDomain("cluster.local");
    private static final RequestedAttributes NOTHING = RequestedAttributes.NOTHING;

    private static PolicySnapshot example(String name, Duration maxLifetime) {
        PolicySettings settings =
                new PolicySettings(null, null, maxLifetime, null, null, null, null);
        PolicyLanguage language =
                PolicyLanguage.of(
                        DOMAIN,
                        settings,
                        new ProfileTrial(CryptoProvider.detect()),
                        new FakeStatusInformation(),
                        Privileges.builtIn(DOMAIN),
                        PolicySurroundings.UNKNOWN);
        PolicyLanguage.Reading reading;
        try {
            reading =
                    language.read(
                            Files.readString(Path.of("../docs/examples", name + ".yaml")), "1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(reading.findings()).isEmpty();
        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        return ((PolicyLanguage.Reading.Accepted) reading).snapshot();
    }

    private static PolicyRequest request(
            String kind,
            @Nullable String spiffeId,
            @Nullable Duration lifetime,
            AlternativeNames names,
            RequestedAttributes requested) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put(
                "registration-authority.spiffe-id",
                "spiffe://cluster.local/ns/signet/sa/signet-issuer");
        attributes.put("reported.kind", kind);
        attributes.put("reported.name", "web-1");
        if (!kind.equals("CertificateSigningRequest")) {
            attributes.put("reported.namespace", "shop");
        }
        attributes.put("reported.certificate-name", "web");
        attributes.put("reported.service-account", "orders");
        return new PolicyRequest(
                EvidenceKind.REGISTRATION_AUTHORITY,
                "spiffe://cluster.local/ns/signet/sa/signet-issuer|shop/web-1",
                attributes,
                null,
                new RequestedCertificate(
                        spiffeId == null ? null : SpiffeId.parse(spiffeId).orElseThrow(),
                        lifetime,
                        names,
                        null,
                        requested));
    }

    private static Decision.Granted granted(PolicySnapshot policy, PolicyRequest request) {
        Decision decision = policy.decide(request);
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        return (Decision.Granted) decision;
    }

    private static RefusalCode denied(PolicySnapshot policy, PolicyRequest request) {
        Decision decision = policy.decide(request);
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        return ((Decision.Denied) decision).refusal().code();
    }

    private static RequestedAttributes subject(String text) {
        return new RequestedAttributes(
                EncodedName.of(new X500Principal(text).getEncoded()), Set.of(), List.of(), false);
    }

    private static AlternativeNames dns(String... names) {
        return PolicyTexts.dns(names);
    }

    @Test
    void conformanceGivesWhateverCertManagerCanAskFor() {
        PolicySnapshot policy = example("cert-manager-conformance", Duration.ofDays(420));
        AlternativeNames names =
                new AlternativeNames(
                        List.of("a.example.com", "*.example.com"),
                        List.of(InetAddress.ofLiteral("192.0.2.1")),
                        List.of("a@example.com"),
                        List.of("https://example.com/a"),
                        List.of(new OtherName("1.3.6.1.4.1.311.20.2.3", "upn@example.com")));
        Decision.Granted certificate =
                granted(
                        policy,
                        request(
                                "CertificateRequest",
                                null,
                                Duration.ofHours(2160).plusSeconds(1),
                                names,
                                new RequestedAttributes(
                                        subject("CN=a,OU=b,O=c").subject(),
                                        Set.of(
                                                KeyUsage.DIGITAL_SIGNATURE,
                                                KeyUsage.DATA_ENCIPHERMENT),
                                        List.of(
                                                ExtendedKeyUsage.SERVER_AUTH.oid(),
                                                ExtendedKeyUsage.CLIENT_AUTH.oid()),
                                        false)));
        assertThat(certificate.spiffeId())
                .hasToString("spiffe://cluster.local/cert-manager/shop/web-1");
        assertThat(certificate.profile().writesIdentity()).isFalse();

        Decision.Granted workload =
                granted(
                        policy,
                        request(
                                "CertificateSigningRequest",
                                "spiffe://cluster.local/ns/sandbox/sa/foo",
                                null,
                                AlternativeNames.NONE,
                                NOTHING));
        assertThat(workload.profile().writesIdentity()).isTrue();
        assertThat(workload.spiffeId()).hasToString("spiffe://cluster.local/ns/sandbox/sa/foo");

        Decision.Granted authority =
                granted(
                        policy,
                        request(
                                "CertificateSigningRequest",
                                null,
                                Duration.ofHours(10_000).plusSeconds(1),
                                AlternativeNames.NONE,
                                new RequestedAttributes(
                                        subject("CN=cert-manager-ca").subject(),
                                        Set.of(
                                                KeyUsage.DIGITAL_SIGNATURE,
                                                KeyUsage.KEY_ENCIPHERMENT,
                                                KeyUsage.KEY_CERT_SIGN),
                                        List.of(),
                                        true)));
        assertThat(authority.profile().authority()).isNotNull();
        assertThat(authority.spiffeId())
                .hasToString("spiffe://cluster.local/certificate-signing-request/web-1");
    }

    @Test
    void productionGivesANamespaceItsOwnNamesAndNothingElse() {
        PolicySnapshot policy = example("cert-manager", Duration.ofDays(91));
        AlternativeNames own = dns("shop.apps.example.org", "web.shop.svc");
        Decision.Granted granted =
                granted(
                        policy,
                        request(
                                "CertificateRequest",
                                null,
                                Duration.ofDays(90).plusSeconds(1),
                                own,
                                subject("CN=web.shop.svc")));
        assertThat(granted.spiffeId()).hasToString("spiffe://cluster.local/cert-manager/shop/web");
        assertThat(granted.profile().writesIdentity()).isFalse();

        for (String other :
                List.of(
                        "bank.apps.example.org",
                        "web.bank.svc",
                        "*.shop.apps.example.org",
                        "example.org")) {
            assertThat(
                            denied(
                                    policy,
                                    request("CertificateRequest", null, null, dns(other), NOTHING)))
                    .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        }
        for (RequestedAttributes requested :
                List.of(
                        subject("CN=web.bank.svc"),
                        subject("CN=web.shop.svc,O=system:masters"),
                        subject("O=system:masters"),
                        new RequestedAttributes(null, Set.of(), List.of(), true))) {
            assertThat(denied(policy, request("CertificateRequest", null, null, own, requested)))
                    .isEqualTo(RefusalCode.POLICY_DENIED);
        }
        assertThat(
                        denied(
                                policy,
                                request(
                                        "CertificateRequest",
                                        "spiffe://cluster.local/ns/shop/sa/orders",
                                        null,
                                        own,
                                        NOTHING)))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(denied(policy, request("CertificateSigningRequest", null, null, own, NOTHING)))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(
                        denied(
                                policy,
                                request(
                                        "CertificateRequest",
                                        null,
                                        Duration.ofDays(91),
                                        own,
                                        NOTHING)))
                .isEqualTo(RefusalCode.LIFETIME_NOT_GRANTED);
    }

    @Test
    void workloadsGetTheIdOfTheirServiceAccount() {
        PolicySnapshot policy = example("kubernetes-workloads", Duration.ofHours(24));
        Decision.Granted granted =
                granted(
                        policy,
                        request(
                                "PodCertificateRequest",
                                null,
                                Duration.ofHours(24),
                                AlternativeNames.NONE,
                                NOTHING));
        assertThat(granted.spiffeId()).hasToString("spiffe://cluster.local/ns/shop/sa/orders");
        assertThat(granted.profile().writesIdentity()).isTrue();
        assertThat(
                        denied(
                                policy,
                                request(
                                        "PodCertificateRequest",
                                        null,
                                        null,
                                        dns("a.example.org"),
                                        NOTHING)))
                .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        assertThat(
                        denied(
                                policy,
                                request(
                                        "CertificateRequest",
                                        null,
                                        null,
                                        AlternativeNames.NONE,
                                        NOTHING)))
                .isEqualTo(RefusalCode.POLICY_DENIED);
    }

    /// Without that the controller could not ask for anything.
    @Test
    void eachLetsTheControllerEnrol() {
        for (String name :
                List.of("cert-manager-conformance", "cert-manager", "kubernetes-workloads")) {
            PolicySnapshot policy = example(name, Duration.ofDays(420));
            Decision.Granted granted =
                    granted(
                            policy,
                            new PolicyRequest(
                                    EvidenceKind.KUBERNETES,
                                    "issuer|sub",
                                    Map.of(
                                            "kubernetes.namespace", "signet",
                                            "kubernetes.service-account", "signet-issuer"),
                                    null,
                                    RequestedCertificate.NOTHING));
            assertThat(granted.spiffeId())
                    .hasToString("spiffe://cluster.local/ns/signet/sa/signet-issuer");
            assertThat(granted.lifetime()).isEqualTo(Duration.ofHours(1));
        }
    }
}
