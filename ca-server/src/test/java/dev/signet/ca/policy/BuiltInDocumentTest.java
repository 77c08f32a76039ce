package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class BuiltInDocumentTest {

    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final Map<String, String> ORDERS =
            Map.of("kubernetes.namespace", "shop", "kubernetes.service-account", "orders");

    private final PolicySnapshot policy = policy(DOMAIN, PolicySettings.defaults());

    @Test
    void grantsAKubernetesCallerTheIdOfItsServiceAccount() {
        Decision.Granted granted = granted(kubernetes(ORDERS, null, null));

        assertThat(granted.spiffeId()).hasToString("spiffe://example.org/ns/shop/sa/orders");
        assertThat(granted.names().dnsNames()).isEmpty();
        assertThat(granted.names().ipAddresses()).isEmpty();
        assertThat(granted.lifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(granted.rule()).isEqualTo("kubernetes-service-account");
    }

    @Test
    void grantsAJoinTokenTheIdThatItIsBoundTo() {
        String id = "spiffe://example.org/db/primary";

        assertThat(granted(joinToken(id, null)).spiffeId()).hasToString(id);
        assertThat(granted(joinToken(id, id)).spiffeId()).hasToString(id);
    }

    @Test
    void grantsAWildcardJoinTokenTheRequestedIdThatMatches() {
        String pattern = "spiffe://example.org/web/*";

        assertThat(granted(joinToken(pattern, "spiffe://example.org/web/a")).spiffeId())
                .hasToString("spiffe://example.org/web/a");
        assertDenied(joinToken(pattern, null), RefusalCode.IDENTITY_NOT_GRANTED);
        assertDenied(
                joinToken(pattern, "spiffe://example.org/web/a/b"),
                RefusalCode.IDENTITY_NOT_GRANTED);
        assertDenied(
                joinToken(pattern, "spiffe://example.org/db/a"), RefusalCode.IDENTITY_NOT_GRANTED);
        assertDenied(
                joinToken(pattern, "spiffe://example.com/web/a"), RefusalCode.IDENTITY_NOT_GRANTED);
    }

    @Test
    void R16_renewalGrantsTheSameIdentityOnly() {
        SpiffeIdPattern current = pattern("spiffe://example.org/ns/shop/sa/orders");

        assertThat(granted(current(current, null)).spiffeId())
                .hasToString("spiffe://example.org/ns/shop/sa/orders");
        assertDenied(
                current(current, "spiffe://example.org/ns/shop/sa/payments"),
                RefusalCode.IDENTITY_NOT_GRANTED);
        assertDenied(
                current(pattern("spiffe://example.org/ns/shop/sa/*"), null),
                RefusalCode.POLICY_DENIED);
        assertDenied(current(null, null), RefusalCode.POLICY_DENIED);
    }

    @Test
    void grantsTheServerItsConfiguredNames() {
        PolicySettings settings =
                new PolicySettings(
                        null,
                        null,
                        null,
                        Duration.ofMinutes(30),
                        List.of("CA.example.org"),
                        List.of("192.0.2.7", "2001:db8::7"),
                        null);
        PolicySnapshot configured = policy(DOMAIN, settings);

        Decision.Granted granted =
                (Decision.Granted)
                        configured.decide(request(EvidenceKind.SERVER, Map.of(), null, null, null));

        assertThat(granted.spiffeId()).hasToString("spiffe://example.org/signet/server");
        assertThat(granted.names().dnsNames()).containsExactly("ca.example.org");
        assertThat(granted.names().ipAddresses())
                .extracting(address -> address.getAddress().length)
                .containsExactly(4, 16);
        assertThat(granted.lifetime()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void deniesEveryCallerThatNoRuleIsFor() {
        assertDenied(
                request(EvidenceKind.OIDC, ORDERS, null, null, null), RefusalCode.POLICY_DENIED);
    }

    @Test
    void deniesEveryRegistrationAuthority() {
        Map<String, String> attributes =
                Map.of(
                        "registration-authority.spiffe-id", "spiffe://example.org/issuer",
                        "reported.kubernetes.namespace", "shop",
                        "reported.kubernetes.service-account", "orders",
                        "kubernetes.namespace", "shop",
                        "kubernetes.service-account", "orders");
        for (SpiffeId requested :
                Arrays.asList(
                        null,
                        requested("spiffe://example.org/issuer"),
                        requested("spiffe://example.org/a"))) {
            assertDenied(
                    request(EvidenceKind.REGISTRATION_AUTHORITY, attributes, null, requested, null),
                    RefusalCode.POLICY_DENIED);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EvidenceKind.class,
            names = {"KUBERNETES", "JOIN_TOKEN", "CURRENT_CERTIFICATE"})
    void R3_refusesARequestWithANameThatIsNotGrantedInsteadOfLeavingItOut(EvidenceKind kind)
            throws Exception {
        SpiffeIdPattern bound = pattern("spiffe://example.org/ns/shop/sa/orders");
        for (AlternativeNames names :
                List.of(
                        names(List.of("orders"), List.of(), List.of(), List.of()),
                        names(
                                List.of(),
                                List.of(InetAddress.ofLiteral("192.0.2.1")),
                                List.of(),
                                List.of()),
                        names(List.of(), List.of(), List.of("a@example.org"), List.of()),
                        names(List.of(), List.of(), List.of(), List.of("https://example.org/a")))) {
            assertDenied(
                    new PolicyRequest(
                            kind,
                            "subject",
                            ORDERS,
                            bound,
                            new RequestedCertificate(null, null, names, null)),
                    RefusalCode.NAME_NOT_GRANTED);
        }
        assertDenied(
                new PolicyRequest(
                        kind,
                        "subject",
                        ORDERS,
                        bound,
                        new RequestedCertificate(
                                null, null, AlternativeNames.NONE, "intermediate-ca")),
                RefusalCode.PROFILE_NOT_GRANTED);
        assertThat(
                        granted(
                                        new PolicyRequest(
                                                kind,
                                                "subject",
                                                ORDERS,
                                                bound,
                                                new RequestedCertificate(
                                                        null,
                                                        null,
                                                        AlternativeNames.NONE,
                                                        "workload")))
                                .profile()
                                .name())
                .isEqualTo("workload");
    }

    private static AlternativeNames names(
            List<String> dnsNames,
            List<InetAddress> addresses,
            List<String> emailAddresses,
            List<String> uris) {
        return new AlternativeNames(dnsNames, addresses, emailAddresses, uris);
    }

    @ParameterizedTest
    @EnumSource(
            value = EvidenceKind.class,
            names = {"JOIN_TOKEN", "CURRENT_CERTIFICATE"})
    void deniesOthersTheIdsReservedForTheServer(EvidenceKind kind) {
        assertDenied(
                request(kind, Map.of(), pattern("spiffe://example.org/signet/server"), null, null),
                RefusalCode.POLICY_DENIED);
    }

    @ParameterizedTest
    @EnumSource(
            value = EvidenceKind.class,
            names = {"JOIN_TOKEN", "CURRENT_CERTIFICATE"})
    void deniesIdsOfAnotherTrustDomain(EvidenceKind kind) {
        assertDenied(
                request(kind, Map.of(), pattern("spiffe://example.com/a"), null, null),
                RefusalCode.POLICY_DENIED);
    }

    @ParameterizedTest
    @EnumSource(EvidenceKind.class)
    void R10_aRequestNeverWidensAGrant(EvidenceKind kind) {
        SpiffeId requested = SpiffeId.parse("spiffe://example.org/ns/shop/sa/admin").orElseThrow();
        for (SpiffeIdPattern bound :
                Collections.unmodifiableList(
                        java.util.Arrays.asList(
                                null,
                                pattern("spiffe://example.org/ns/shop/sa/orders"),
                                pattern("spiffe://example.org/web/*")))) {
            Decision decision = policy.decide(request(kind, ORDERS, bound, requested, null));

            assertThat(decision).isInstanceOf(Decision.Denied.class);
        }
    }

    @Test
    void refusesLifetimesOutsideItsBounds() {
        assertDenied(
                kubernetes(ORDERS, null, Duration.ofSeconds(9)), RefusalCode.LIFETIME_NOT_GRANTED);
        assertDenied(
                kubernetes(ORDERS, null, Duration.ofHours(24).plusSeconds(1)),
                RefusalCode.LIFETIME_NOT_GRANTED);
        assertDenied(
                kubernetes(ORDERS, null, Duration.ofSeconds(-5)), RefusalCode.LIFETIME_NOT_GRANTED);
        assertDenied(
                kubernetes(ORDERS, null, Duration.ofSeconds(Long.MAX_VALUE)),
                RefusalCode.LIFETIME_NOT_GRANTED);
        assertThat(granted(kubernetes(ORDERS, null, Duration.ofSeconds(10))).lifetime())
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(granted(kubernetes(ORDERS, null, Duration.ofHours(24))).lifetime())
                .isEqualTo(Duration.ofHours(24));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../../signet/server",
                "shop/sa/admin",
                "shop%2Fsa%2Fadmin",
                "shop\\sa",
                "shop\r\nX: y",
                "shop\n",
                "shop\u0000",
                " shop",
                "shop ",
                "shоp", // Cyrillic o
                "shop\u2215sa",
                "\u202eshop",
                "\ud800",
                "shop?x=y",
                "shop#x",
                "spiffe://example.com",
                "{{ns}}",
                "${jndi:ldap://x}",
                "shop\",\"sa\":\"admin",
                "'; DROP TABLE ledger.certificate; --",
                "*"
            })
    void R13_namesThatAreNoPathSegmentsNeverReachAnId(String name) {
        assertDenied(
                kubernetes(
                        Map.of(
                                "kubernetes.namespace",
                                name,
                                "kubernetes.service-account",
                                "orders"),
                        null,
                        null),
                RefusalCode.POLICY_DENIED);
        assertDenied(
                kubernetes(
                        Map.of("kubernetes.namespace", "shop", "kubernetes.service-account", name),
                        null,
                        null),
                RefusalCode.POLICY_DENIED);
    }

    @Test
    void R13_veryLongNamesAreRefused() {
        assertDenied(
                kubernetes(
                        Map.of(
                                "kubernetes.namespace",
                                "shop",
                                "kubernetes.service-account",
                                "a".repeat(100_000)),
                        null,
                        null),
                RefusalCode.POLICY_DENIED);
    }

    @Test
    void deniesAKubernetesCallerWithoutAServiceAccount() {
        assertDenied(
                kubernetes(Map.of("kubernetes.namespace", "shop"), null, null),
                RefusalCode.POLICY_DENIED);
    }

    @Test
    void R3_orderAndExtraAttributesNeverChangeTheVerdict() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            List<Map.Entry<String, String>> entries = new ArrayList<>(ORDERS.entrySet());
            for (int i = random.nextInt(20); i > 0; i--) {
                entries.add(
                        Map.entry(
                                "kubernetes.extra-" + i + "/" + random.nextInt(),
                                "/ns/shop/sa/admin"));
            }
            Collections.shuffle(entries, random);
            Map<String, String> attributes = new LinkedHashMap<>();
            entries.forEach(entry -> attributes.put(entry.getKey(), entry.getValue()));

            assertThat(granted(kubernetes(attributes, null, null)).spiffeId())
                    .hasToString("spiffe://example.org/ns/shop/sa/orders");
            attributes.remove("kubernetes.namespace");
            assertDenied(kubernetes(attributes, null, null), RefusalCode.POLICY_DENIED);
        }
    }

    @Test
    void R5_versionNamesTheContent() {
        PolicySettings other =
                new PolicySettings(Duration.ofMinutes(59), null, null, null, null, null, null);

        assertThat(policy.version()).matches("default-1\\+sha256:[0-9a-f]{16}");
        assertThat(policy(DOMAIN, PolicySettings.defaults()).version()).isEqualTo(policy.version());
        assertThat(policy(DOMAIN, other).version()).isNotEqualTo(policy.version());
        assertThat(policy(new TrustDomain("example.com"), PolicySettings.defaults()).version())
                .isNotEqualTo(policy.version());
        assertThat(granted(kubernetes(ORDERS, null, null)).policyVersion())
                .isEqualTo(policy.version());
    }

    @Test
    void settingsRefuseWhatCannotWork() {
        assertRefused("min-lifetime", null, Duration.ofSeconds(9), null, null, null);
        assertRefused("default-lifetime", Duration.ofHours(25), null, null, null, null);
        assertRefused("server-dns-names", null, null, List.of("*.x"), null, null);
        assertRefused("server-ip-addresses", null, null, null, List.of("ca.local"), null);
        assertRefused("refresh-interval", null, null, null, null, Duration.ofMillis(99));
    }

    private static void assertRefused(
            String setting,
            Duration defaultLifetime,
            Duration minLifetime,
            List<String> dnsNames,
            List<String> addresses,
            Duration refreshInterval) {
        assertThatThrownBy(() ->
                        new PolicySettings(
                                defaultLifetime,
                                minLifetime,
                                null,
                                null,
                                dnsNames,
                                addresses,
                                refreshInterval))
                .hasMessageContaining(setting);
    }

    private static PolicySnapshot policy(TrustDomain trustDomain, PolicySettings settings) {
        return PolicyLanguage.of(trustDomain, settings).builtIn();
    }

    private Decision.Granted granted(PolicyRequest request) {
        Decision decision = policy.decide(request);
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        return (Decision.Granted) decision;
    }

    private void assertDenied(PolicyRequest request, RefusalCode code) {
        assertThat(policy.decide(request))
                .isInstanceOfSatisfying(
                        Decision.Denied.class,
                        denied -> assertThat(denied.refusal().code()).isEqualTo(code));
    }

    private static PolicyRequest request(
            EvidenceKind kind,
            Map<String, String> attributes,
            SpiffeIdPattern bound,
            SpiffeId requestedId,
            Duration lifetime) {
        return new PolicyRequest(
                kind,
                "subject",
                attributes,
                bound,
                new RequestedCertificate(requestedId, lifetime, AlternativeNames.NONE, null));
    }

    private static PolicyRequest kubernetes(
            Map<String, String> attributes, SpiffeId requestedId, Duration lifetime) {
        return request(EvidenceKind.KUBERNETES, attributes, null, requestedId, lifetime);
    }

    private static PolicyRequest joinToken(String bound, String requested) {
        return request(
                EvidenceKind.JOIN_TOKEN, Map.of(), pattern(bound), requested(requested), null);
    }

    private static PolicyRequest current(SpiffeIdPattern bound, String requested) {
        return request(
                EvidenceKind.CURRENT_CERTIFICATE, Map.of(), bound, requested(requested), null);
    }

    private static SpiffeId requested(String requested) {
        return requested == null ? null : SpiffeId.parse(requested).orElseThrow();
    }

    private static SpiffeIdPattern pattern(String text) {
        return SpiffeIdPattern.parse(text).orElseThrow();
    }
}
