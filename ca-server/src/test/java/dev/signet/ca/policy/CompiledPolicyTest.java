package dev.signet.ca.policy;

import static dev.signet.ca.policy.PolicyTexts.kubernetes;
import static dev.signet.ca.policy.PolicyTexts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.policy.PolicyTexts.Request;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

class CompiledPolicyTest {

    private static final PolicySnapshot EVERYTHING =
            PolicyTexts.snapshot(
                    PolicyCorpus.accepted().stream()
                            .filter(sample -> sample.name().equals("everything.yaml"))
                            .findFirst()
                            .orElseThrow()
                            .text());

    private static final PolicySnapshot ANYTHING =
            policy(
                    """
                    - name: anything
                      grant:
                        spiffeId: "{request.spiffeId}"
                        names:
                          dns: [{when: "true"}]
                          ip: [0.0.0.0/0]
                    """);

    @Test
    void firstRuleThatIsForTheRequestDecides() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: first
                          when: attributes["a"] == "1" && attributes["b"] == "1"
                          grant: {spiffeId: "spiffe://{trustDomain}/first"}
                        - name: second
                          when: attributes["b"] == "1"
                          deny: b
                        - name: third
                          grant: {spiffeId: "spiffe://{trustDomain}/third"}
                        """);

        assertThat(granted(policy, oidc(Map.of("a", "1", "b", "1"))).rule()).isEqualTo("first");
        assertThat(denied(policy, oidc(Map.of("a", "2", "b", "1"))))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(granted(policy, oidc(Map.of("a", "1", "b", "2"))).rule()).isEqualTo("third");
    }

    @Test
    void whatCannotBeSaidDoesNotGrantAndDoesDeny() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: denying
                          when: attributes["banned"].startsWith("y")
                          deny: banned, or not known to be not
                        - name: granting
                          when: attributes["good"] != "no"
                          grant: {spiffeId: "spiffe://{trustDomain}/a"}
                        """);

        assertThat(denied(policy, oidc(Map.of("good", "yes"))))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(denied(policy, oidc(Map.of("banned", "no"))))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(granted(policy, oidc(Map.of("banned", "no", "good", "yes"))).rule())
                .isEqualTo("granting");
        Explanation explanation = policy.explain(oidc(Map.of("good", "yes")).make());
        assertThat(explanation.rule()).isEqualTo("denying");
        assertThat(explanation.rules().getFirst().verdict())
                .isEqualTo(Explanation.Verdict.DECIDED_TO_BE_SAFE);
        assertThat(explanation.rules().getFirst().conjuncts().getFirst().failure())
                .isEqualTo("the evidence has no attributes[\"banned\"]");
    }

    @Test
    void aDenyingRuleThatComparesALackingAttributeDecidesToo() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: denying
                          when: evidence.kind == "oidc" && attributes["banned"] == "yes"
                          deny: banned, or not known to be not
                        - name: granting
                          grant: {spiffeId: "spiffe://{trustDomain}/a"}
                        """);

        assertThat(denied(policy, oidc(Map.of()))).isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(granted(policy, kubernetes("a", "b")).rule()).isEqualTo("granting");
    }

    @Test
    void grantsWhatTheRuleSays() {
        Decision.Granted granted =
                granted(
                        EVERYTHING,
                        kubernetes("shop", "orders")
                                .requesting(Duration.ofMinutes(90))
                                .requesting(PolicyTexts.dns("orders.shop.svc")));

        assertThat(granted.spiffeId()).hasToString("spiffe://example.org/ns/shop/sa/orders");
        assertThat(granted.names().dnsNames()).containsExactly("orders.shop.svc");
        assertThat(granted.subject().text()).isEqualTo("CN=orders,O=Example");
        assertThat(granted.lifetime()).isEqualTo(Duration.ofMinutes(90));
        assertThat(granted.profile().name()).isEqualTo("workload");
        assertThat(granted.extendedKeyUsages()).hasToString("[SERVER_AUTH]");
        assertThat(granted.keyTypes()).hasToString("[P256]");
        assertThat(granted.rateLimit())
                .isEqualTo(new RateLimit(10, Duration.ofMinutes(1), RateLimit.Per.IDENTITY));
        assertThat(granted.rule()).isEqualTo("services");
        assertThat(granted.policyVersion()).startsWith("1+sha256:");
        assertThat(granted(EVERYTHING, kubernetes("shop", "orders")).lifetime())
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void refusesLifetimesAndProfilesThatTheRuleDoesNotGrant() {
        assertThat(denied(EVERYTHING, kubernetes("shop", "o").requesting(Duration.ofMinutes(4))))
                .isEqualTo(RefusalCode.LIFETIME_NOT_GRANTED);
        assertThat(denied(EVERYTHING, kubernetes("shop", "o").requesting(Duration.ofHours(3))))
                .isEqualTo(RefusalCode.LIFETIME_NOT_GRANTED);
        assertThat(denied(EVERYTHING, kubernetes("shop", "o").ofProfile("client")))
                .isEqualTo(RefusalCode.PROFILE_NOT_GRANTED);
        assertThat(denied(EVERYTHING, kubernetes("shop", "default")))
                .isEqualTo(RefusalCode.POLICY_DENIED);
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://example.org/ci/web/main, true",
        "spiffe://example.org/ci/web, false",
        "spiffe://example.org/ci/web/main/x, false",
        "spiffe://example.org/ci/other/main, false",
        "spiffe://example.org/batch/a, true",
        "spiffe://example.org/batch/a/b, true",
        "spiffe://example.org/batch, false",
        "spiffe://example.com/batch/a, false",
    })
    void leavesTheChoiceThatTheRuleLeaves(String requested, boolean expected) {
        Decision decision =
                EVERYTHING.decide(
                        new Request(EvidenceKind.OIDC)
                                .with("repository", "web")
                                .requesting(requested)
                                .make());

        assertThat(decision instanceof Decision.Granted).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "orders.shop.svc, true",
        "orders.bank.svc, false",
        "a.pods.example.org, true",
        "a.b.pods.example.org, false",
        "pods.example.org, false",
        "a.internal.example.org, true",
        "a.b.internal.example.org, true",
        "internal.example.org, false",
        "xinternal.example.org, false",
        "*.wild.example.org, true",
        "*.internal.example.org, false",
        "*.pods.example.org, false",
        "*.shop.svc.cluster.local, false",
        "x.shop.svc.cluster.local, true",
        "x.bank.svc.cluster.local, false",
        "localhost, false",
    })
    void R3_dnsNamesAreGrantedOneByOne(String name, boolean expected) {
        assertThat(allows(PolicyTexts.dns(name))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "10.255.255.255, true",
        "11.0.0.0, false",
        "192.0.2.7, true",
        "192.0.2.8, false",
        "2001:db8:ffff::1, true",
        "2001:db9::1, false",
        "::ffff:10.0.0.1, true",
        "::a00:1, false",
    })
    void R3_addressesAreGrantedOneByOne(String name, boolean expected) {
        assertThat(allows(PolicyTexts.ip(name))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "any.body@example.org, true",
        "a@sub.example.org, false",
        "a@example.com, false",
        "a@example.org.evil.example, false",
    })
    void R3_emailAddressesAreGrantedOneByOne(String name, boolean expected) {
        assertThat(allows(PolicyTexts.email(name))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.org/apps/a, true",
        "https://example.org/apps/a/b, true",
        "https://example.org/apps/, false",
        "https://example.org/apps/../admin, false",
        "https://example.org/apps/a/../../admin, false",
        "https://example.org/apps/./a, false",
        "https://example.org/apps/%2e%2e/admin, false",
        "https://example.org/apps/a?x=y, false",
        "https://example.org/apps/a#x, false",
        "https://example.org/other, false",
        "https://example.org@evil.example/apps/a, false",
        "http://example.org/apps/a, false",
        "urn:uuid:5f0c9f2e-0000-0000-0000-000000000000, true",
    })
    void R3_urisAreGrantedOneByOne(String name, boolean expected) {
        assertThat(allows("applications", PolicyTexts.uri(name))).isEqualTo(expected);
    }

    private static boolean allows(AlternativeNames names) {
        return allows("shop", names);
    }

    private static boolean allows(String namespace, AlternativeNames names) {
        Decision decision =
                EVERYTHING.decide(kubernetes(namespace, "orders").requesting(names).make());
        if (decision instanceof Decision.Denied(var refusal, _, _)) {
            assertThat(refusal.code()).isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        }
        return decision instanceof Decision.Granted;
    }

    /// The verdict on many names is the verdict on each; their order says nothing, nor do names
    /// that are asked about again.
    @Test
    void R3_orderAndNumberOfNamesNeverChangeTheVerdict() {
        Random random = new Random(3);
        List<String> dns =
                List.of(
                        "orders.shop.svc",
                        "a.pods.example.org",
                        "a.b.internal.example.org",
                        "*.wild.example.org",
                        "x.shop.svc.cluster.local",
                        "orders.bank.svc",
                        "*.pods.example.org",
                        "example.com");
        List<String> ips = List.of("10.0.0.1", "192.0.2.7", "192.0.2.8", "2001:db8::1");
        int granted = 0;
        for (int round = 0; round < 500; round++) {
            List<String> names = chosen(dns, random);
            List<String> addresses = chosen(ips, random);
            boolean each =
                    names.stream().allMatch(name -> allows(PolicyTexts.dns(name)))
                            && addresses.stream().allMatch(name -> allows(PolicyTexts.ip(name)));
            Decision one = EVERYTHING.decide(requesting(names, addresses));
            Collections.shuffle(names, random);
            Collections.shuffle(addresses, random);
            Decision other = EVERYTHING.decide(requesting(names, addresses));

            assertThat(one instanceof Decision.Granted).isEqualTo(each);
            assertThat(other instanceof Decision.Granted).isEqualTo(each);
            if (one instanceof Decision.Denied) {
                assertThat(other).isEqualTo(one);
            } else {
                granted++;
            }
        }
        assertThat(granted).isBetween(10, 490);
    }

    /// A mutation of the authoriser that looks at the first name alone, at the last, or at any but
    /// not all, is told apart: one bad name at every place of a hundred.
    @Test
    void R3_oneNameThatIsNotGrantedRefusesTheRequestWhereverItStands() {
        for (int bad = 0; bad < AlternativeNames.MAX_NAMES; bad++) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < AlternativeNames.MAX_NAMES; i++) {
                names.add(i == bad ? "evil.example.com" : "n" + i + ".pods.example.org");
            }
            assertThat(
                            denied(
                                    EVERYTHING,
                                    kubernetes("shop", "orders")
                                            .requesting(
                                                    PolicyTexts.dns(names.toArray(String[]::new)))))
                    .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        }
    }

    private static List<String> chosen(List<String> all, Random random) {
        List<String> chosen = new ArrayList<>(all);
        Collections.shuffle(chosen, random);
        return new ArrayList<>(chosen.subList(0, random.nextInt(4)));
    }

    private static PolicyRequest requesting(List<String> dns, List<String> ips) {
        AlternativeNames names =
                new AlternativeNames(
                        dns,
                        PolicyTexts.ip(ips.toArray(String[]::new)).ipAddresses(),
                        List.of(),
                        List.of());
        return kubernetes("shop", "orders").requesting(names).make();
    }

    @ParameterizedTest
    @CsvSource({
        "CURRENT_CERTIFICATE, spiffe://example.org/a, spiffe://example.org/b, false",
        "CURRENT_CERTIFICATE, spiffe://example.org/a, spiffe://example.org/a, true",
        "CURRENT_CERTIFICATE, spiffe://example.org/*, spiffe://example.org/a, false",
        "CURRENT_CERTIFICATE, , spiffe://example.org/a, false",
        "JOIN_TOKEN, spiffe://example.org/a, spiffe://example.org/b, false",
        "JOIN_TOKEN, spiffe://example.org/*, spiffe://example.org/b, true",
        "JOIN_TOKEN, spiffe://example.org/*, spiffe://example.org/b/c, false",
        "JOIN_TOKEN, , spiffe://example.org/a, false",
        "OIDC, spiffe://example.org/a, spiffe://example.org/b, false",
        "OIDC, , spiffe://example.org/b, true",
        "OIDC, , spiffe://example.com/b, false",
        "OIDC, , spiffe://example.org/signet/server, false",
        "OIDC, , spiffe://example.org/signet/operator/eve, false",
        "OIDC, , spiffe://example.org/signet, false",
        "REGISTRATION_AUTHORITY, , spiffe://example.org/signet/operator/eve, false",
        "REGISTRATION_AUTHORITY, , spiffe://example.org/vm/a, true",
        "KUBERNETES, , spiffe://example.org/signet/operator/eve, false",
        "JOIN_TOKEN, spiffe://example.org/signet/operator/*,"
                + " spiffe://example.org/signet/operator/eve, false",
        "CURRENT_CERTIFICATE, spiffe://example.org/signet/server,"
                + " spiffe://example.org/signet/server, false",
        "JOIN_TOKEN, spiffe://example.org/signet/server, spiffe://example.org/signet/server, false",
    })
    void R16_whateverARuleSaysTheEvidenceBindsTheIdentity(
            EvidenceKind kind, String bound, String requested, boolean expected) {
        Request request = new Request(kind).boundTo(bound).requesting(requested);

        assertThat(ANYTHING.decide(request.make()) instanceof Decision.Granted).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = EvidenceKind.class,
            names = {"JOIN_TOKEN", "CURRENT_CERTIFICATE"})
    void operatorsAndTheServerAreDecidedAheadOfAnyDocument(EvidenceKind kind) {
        PolicySnapshot nobody = policy("- name: nobody\n  deny: nobody\n");
        String operator = "spiffe://example.org/signet/operator/alice";

        Decision.Granted granted = granted(nobody, new Request(kind).boundTo(operator));
        assertThat(granted.spiffeId()).hasToString(operator);
        assertThat(granted.profile().name()).isEqualTo("client");
        assertThat(granted.lifetime()).isEqualTo(Duration.ofHours(12));
        assertThat(granted.rule()).isEqualTo("operator");
        assertThat(denied(nobody, new Request(kind).boundTo(operator + "/x")))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(
                        denied(
                                nobody,
                                new Request(kind)
                                        .boundTo(operator)
                                        .requesting(PolicyTexts.dns("a"))))
                .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        assertThat(
                        denied(
                                nobody,
                                new Request(kind)
                                        .boundTo("spiffe://example.com/signet/operator/alice")))
                .isEqualTo(RefusalCode.POLICY_DENIED);

        Decision.Granted server = granted(nobody, new Request(EvidenceKind.SERVER));
        assertThat(server.rule()).isEqualTo("server");
        assertThat(server.names().dnsNames()).containsExactly("localhost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a/b",
                "../signet/operator/eve",
                "a%2Fb",
                "a\\b",
                "a\r\nX: y",
                "a\u0000",
                " a",
                "shоp", // Cyrillic o
                "a\u2215b",
                "\u202ea",
                "\ud800",
                "a?x=y",
                "a#x",
                "{trustDomain}",
                "{attributes[\"kubernetes.namespace\"]}",
                "${jndi:ldap://x}",
                "a\",\"b",
                "*",
                "**",
            })
    void R13_valuesFillPartOfASegmentOrNothing(String value) {
        PolicySnapshot policy =
                PolicyTexts.snapshot(
                        """
                        apiVersion: signet.dev/v1
                        profiles: [{name: recorded, spiffeId: recorded, extendedKeyUsages: [serverAuth]}]
                        rules:
                        - name: whole
                          when: attributes["part"] == "whole"
                          grant: {spiffeId: 'spiffe://{trustDomain}/w/{attributes["v"]}/z'}
                        - name: first
                          when: attributes["part"] == "first"
                          grant: {spiffeId: 'spiffe://{trustDomain}/{attributes["v"]}/z'}
                        - name: choice
                          when: attributes["part"] == "choice"
                          grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/c/{attributes["v"]}/*']}}
                        - name: names
                          when: attributes["part"] == "names"
                          grant:
                            spiffeId: spiffe://{trustDomain}/n
                            profile: recorded
                            names:
                              dns: ['{attributes["v"]}.example.org']
                              email: ['{attributes["v"]}@example.org']
                              uri: ['https://example.org/{attributes["v"]}']
                        """);
        for (String part : List.of("whole", "first")) {
            assertThat(denied(policy, oidc(Map.of("part", part, "v", value))))
                    .isEqualTo(RefusalCode.POLICY_DENIED);
        }
        assertThat(
                        denied(
                                policy,
                                oidc(Map.of("part", "choice", "v", value))
                                        .requesting("spiffe://example.org/c/x/y")))
                .isEqualTo(RefusalCode.IDENTITY_NOT_GRANTED);
        for (AlternativeNames names :
                List.of(
                        PolicyTexts.dns("a.b.example.org"),
                        PolicyTexts.dns("example.org"),
                        PolicyTexts.email("a@example.org"),
                        PolicyTexts.uri("https://example.org/a/b"),
                        PolicyTexts.uri("https://example.org/.."))) {
            assertThat(denied(policy, oidc(Map.of("part", "names", "v", value)).requesting(names)))
                    .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
        }
    }

    @Test
    void R13_aSegmentThatAValueMakesReservedIsNotGranted() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: a
                          grant: {spiffeId: 'spiffe://{trustDomain}/{attributes["a"]}/operator/eve'}
                        """);

        assertThat(denied(policy, oidc(Map.of("a", "signet"))))
                .isEqualTo(RefusalCode.POLICY_DENIED);
        assertThat(granted(policy, oidc(Map.of("a", "signets"))).spiffeId())
                .hasToString("spiffe://example.org/signets/operator/eve");
    }

    @Test
    void R13_distinguishedNamesAreDataToo() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: a
                          grant:
                            spiffeId: spiffe://{trustDomain}/a
                            subject: [{type: CN, value: '{attributes["v"]}'}]
                        """);

        Decision.Granted granted = granted(policy, oidc(Map.of("v", "a,O=Evil+C=XX\"")));
        assertThat(((SubjectName) granted.subject()).attributes())
                .singleElement()
                .returns("a,O=Evil+C=XX\"", SubjectName.Attribute::value);
        for (String value : List.of("", "a\u0000", "a\nb", "\u202ea", "x".repeat(65))) {
            assertThat(denied(policy, oidc(Map.of("v", value))))
                    .isEqualTo(RefusalCode.POLICY_DENIED);
        }
    }

    @Test
    void explainsWhatDecidedAndWhatDidNot() {
        Explanation explanation =
                EVERYTHING.explain(
                        kubernetes("shop", "orders")
                                .requesting(PolicyTexts.dns("orders.shop.svc"))
                                .make());

        assertThat(explanation.rule()).isEqualTo("services");
        assertThat(explanation.rules())
                .extracting(Explanation.RuleVerdict::rule)
                .containsExactly("not-the-default-account", "services");
        assertThat(explanation.rules().getFirst().conjuncts())
                .containsExactly(
                        new Explanation.ConjunctVerdict(
                                "evidence.kind == \"kubernetes\"",
                                Explanation.Outcome.TRUE,
                                Map.of("evidence.kind", "kubernetes"),
                                null),
                        new Explanation.ConjunctVerdict(
                                "attributes[\"kubernetes.service-account\"] == \"default\"",
                                Explanation.Outcome.FALSE,
                                Map.of("attributes[\"kubernetes.service-account\"]", "orders"),
                                null));
        assertThat(explanation.steps())
                .contains(
                        new Explanation.Step(
                                "spiffeId",
                                "spiffe://example.org/ns/shop/sa/orders, from the template"),
                        new Explanation.Step("profile", "workload"))
                .anySatisfy(step ->
                        assertThat(step.text()).startsWith("DNS orders.shop.svc by {attributes"));
    }

    /// Over requests of all kinds and rules of all kinds: the index leaves out nothing that
    /// decides, and explaining is deciding.
    @Test
    void explainDecidesAsDecideDoes() {
        Random random = new Random(11);
        int granted = 0;
        for (int round = 0; round < 20; round++) {
            PolicySnapshot policy = policy(randomRules(random));
            for (int i = 0; i < 100; i++) {
                PolicyRequest request = randomRequest(random);
                Decision decision = policy.decide(request);
                Explanation explanation = policy.explain(request);

                assertThat(explanation.decision()).isEqualTo(decision);
                assertThat(policy.explain(request)).isEqualTo(explanation);
                if (decision instanceof Decision.Granted grant) {
                    granted++;
                    assertThat(explanation.rule()).isEqualTo(grant.rule());
                }
            }
        }
        assertThat(granted).isGreaterThan(200);
    }

    private static String randomRules(Random random) {
        StringBuilder rules = new StringBuilder();
        int count = 1 + random.nextInt(80);
        for (int i = 0; i < count; i++) {
            // A last part of its own keeps rules from shadowing one another.
            String own = "request.lifetimeSeconds != " + (100_000 + i);
            List<String> parts = new ArrayList<>();
            // Each key once: a contradiction would be refused.
            List<Integer> keys = new ArrayList<>(List.of(0, 1, 2, 3));
            Collections.shuffle(keys, random);
            for (int j = random.nextInt(4); j > 0; j--) {
                String key = "k" + keys.get(j);
                String value = "v" + random.nextInt(3);
                parts.add(
                        switch (random.nextInt(5)) {
                            case 0 -> "attributes.exists(k, k == \"" + key + "\")";
                            case 1 -> "attributes[\"" + key + "\"].startsWith(\"v\")";
                            case 2 -> "attributes[\"" + key + "\"] in [\"v0\", \"v2\"]";
                            case 3 ->
                                    "(attributes[\""
                                            + key
                                            + "\"] == \""
                                            + value
                                            + "\" || "
                                            + "evidence.kind == \"oidc\")";
                            default -> "attributes[\"" + key + "\"] == \"" + value + "\"";
                        });
            }
            parts.add(own);
            rules.append("- name: r")
                    .append(i)
                    .append("\n  when: '")
                    .append(String.join(" && ", parts))
                    .append("'\n");
            rules.append(
                    random.nextInt(4) == 0
                            ? "  deny: no\n"
                            : "  grant: {spiffeId: \"spiffe://{trustDomain}/r" + i + "\"}\n");
        }
        return rules.toString();
    }

    private static PolicyRequest randomRequest(Random random) {
        EvidenceKind[] kinds = {
            EvidenceKind.KUBERNETES, EvidenceKind.OIDC, EvidenceKind.REGISTRATION_AUTHORITY
        };
        Request request = new Request(kinds[random.nextInt(kinds.length)]);
        for (int key = 0; key < 4; key++) {
            if (random.nextBoolean()) {
                request = request.with("k" + key, "v" + random.nextInt(4));
            }
        }
        return request.make();
    }

    private static Request oidc(Map<String, String> attributes) {
        return PolicyTexts.oidc(attributes);
    }

    private static Decision.Granted granted(PolicySnapshot policy, Request request) {
        Decision decision = policy.decide(request.make());
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        return (Decision.Granted) decision;
    }

    private static RefusalCode denied(PolicySnapshot policy, Request request) {
        Decision decision = policy.decide(request.make());
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        return ((Decision.Denied) decision).refusal().code();
    }
}
