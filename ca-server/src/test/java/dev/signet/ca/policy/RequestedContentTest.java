package dev.signet.ca.policy;

import static dev.signet.ca.policy.PolicyTexts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

/// What a registration authority requests of the certificate beside its names.
class RequestedContentTest {

    private static final String SERVER = ExtendedKeyUsage.SERVER_AUTH.oid();
    private static final String CLIENT = ExtendedKeyUsage.CLIENT_AUTH.oid();
    private static final EncodedName SHOP = subject("CN=shop.example.org");
    private static final EncodedName EMPTY = subject("");

    private static final String PROFILES =
            """
            apiVersion: signet.dev/v1
            profiles:
              - name: tls
                spiffeId: recorded
                keyUsages: [digitalSignature, contentCommitment, keyEncipherment]
                extendedKeyUsages: [serverAuth, clientAuth, timeStamping]
              - name: any-ca
                spiffeId: recorded
                keyUsages: [keyCertSign, digitalSignature]
                authority: {unconstrained: true}
            rules:
            """;

    private static final String GRANT =
            """
              - name: a
                grant:
                  spiffeId: spiffe://{trustDomain}/a
                  profile: PROFILE
                  names: {dns: [{when: "true"}]}
                  keyUsages: [USUAL]
            """;

    private static final PolicySnapshot FIXED = grant("tls", "digitalSignature", "");
    private static final PolicySnapshot REQUESTED =
            grant(
                    "tls",
                    "digitalSignature",
                    """
                          subject: requested
                          usages: requested
                          extendedKeyUsages: [clientAuth, serverAuth]
                    """);
    private static final PolicySnapshot AUTHORITY =
            grant("any-ca", "keyCertSign", "      subject: requested\n      usages: requested\n");

    private static PolicySnapshot grant(String profile, String usual, String more) {
        // All purposes of the profile cannot stand together.
        String purposes =
                profile.equals("tls") && !more.contains("extendedKeyUsages")
                        ? "      extendedKeyUsages: [serverAuth, clientAuth]\n"
                        : "";
        return PolicyTexts.snapshot(
                PROFILES
                        + GRANT.replace("PROFILE", profile).replace("USUAL", usual)
                        + purposes
                        + more);
    }

    private static EncodedName subject(String text) {
        return EncodedName.of(new X500Principal(text).getEncoded());
    }

    private static RequestedAttributes requested(EncodedName subject) {
        return new RequestedAttributes(subject, Set.of(), List.of(), false);
    }

    private static RequestedAttributes requested(Set<KeyUsage> usages, String... purposes) {
        return new RequestedAttributes(SHOP, usages, List.of(purposes), false);
    }

    private static PolicyRequest request(AlternativeNames names, RequestedAttributes requested) {
        return new PolicyRequest(
                EvidenceKind.REGISTRATION_AUTHORITY,
                "spiffe://example.org/ra|shop/tls",
                Map.of(),
                null,
                new RequestedCertificate(null, null, names, null, requested));
    }

    private static Decision.Granted granted(PolicySnapshot policy, RequestedAttributes requested) {
        Decision decision = policy.decide(request(AlternativeNames.NONE, requested));
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        assertThat(policy.explain(request(AlternativeNames.NONE, requested)).decision())
                .isEqualTo(decision);
        return (Decision.Granted) decision;
    }

    private static RefusalCode denied(PolicySnapshot policy, RequestedAttributes requested) {
        Decision decision = policy.decide(request(AlternativeNames.NONE, requested));
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        return ((Decision.Denied) decision).refusal().code();
    }

    @Test
    void anEmailAddressInTheSubjectIsOneInTheNamesToo() {
        PolicySnapshot policy =
                PolicyTexts.snapshot(
                        PROFILES
                                + GRANT.replace("PROFILE", "tls")
                                        .replace("USUAL", "digitalSignature")
                                        .replace(
                                                "names: {dns: [{when: \"true\"}]}",
                                                "names: {email: [\"*@example.org\"]}")
                                + "      subject: requested\n"
                                + "      extendedKeyUsages: [serverAuth]\n");
        RequestedAttributes ops = requested(subject("EMAILADDRESS=Ops@Example.org,CN=ops"));

        assertThat(denied(policy, ops)).isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        for (String other : List.of("ops@example.org", "dev@example.org")) {
            assertThat(policy.decide(request(PolicyTexts.email(other), ops)))
                    .isInstanceOfSatisfying(
                            Decision.Denied.class,
                            denied ->
                                    assertThat(denied.refusal().code())
                                            .isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED));
        }
        assertThat(policy.decide(request(PolicyTexts.email("Ops@example.org"), ops)))
                .isInstanceOf(Decision.Granted.class);
    }

    @Test
    void aSubjectIsGrantedOctetForOctetOrNotAtAll() {
        assertThat(granted(REQUESTED, requested(SHOP)).subject()).isEqualTo(SHOP);
        assertThat(denied(FIXED, requested(SHOP))).isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        PolicySnapshot made =
                grant(
                        "tls",
                        "digitalSignature",
                        "      subject: [{type: CN, value: shop.example.org}]\n");
        EncodedName same =
                EncodedName.of(granted(made, RequestedAttributes.NOTHING).subject().der());
        assertThat(granted(made, requested(same)).subject()).isEqualTo(same);
        assertThat(denied(made, requested(subject("CN=shop.example.com"))))
                .isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        assertThat(denied(made, requested(EMPTY))).isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
    }

    @Test
    void aCertificateThatWouldNameNobodyIsRefused() {
        assertThat(denied(REQUESTED, RequestedAttributes.NOTHING))
                .isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        assertThat(denied(REQUESTED, null)).isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        assertThat(denied(REQUESTED, requested(EMPTY))).isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        assertThat(REQUESTED.decide(request(PolicyTexts.dns("a.example.org"), requested(EMPTY))))
                .isInstanceOf(Decision.Granted.class);
    }

    @Test
    void usagesAreThoseOfTheRuleOrAsRequestedWithinTheProfile() {
        Decision.Granted usual = granted(REQUESTED, requested(SHOP));
        assertThat(usual.keyUsages()).containsExactly(KeyUsage.DIGITAL_SIGNATURE);
        assertThat(usual.extendedKeyUsages())
                .containsExactly(ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH);

        Decision.Granted requested =
                granted(
                        REQUESTED,
                        requested(
                                Set.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT),
                                CLIENT,
                                SERVER));
        assertThat(requested.keyUsages())
                .containsExactlyInAnyOrder(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT);
        assertThat(requested.extendedKeyUsages())
                .containsExactly(ExtendedKeyUsage.CLIENT_AUTH, ExtendedKeyUsage.SERVER_AUTH);

        // Of the rule's purposes those that the requested key usages are good for.
        assertThat(
                        granted(REQUESTED, requested(Set.of(KeyUsage.KEY_ENCIPHERMENT)))
                                .extendedKeyUsages())
                .containsExactly(ExtendedKeyUsage.SERVER_AUTH);
    }

    @Test
    void usagesBeyondTheProfileOrThatDoNotGoTogetherAreRefused() {
        for (RequestedAttributes requested :
                List.of(
                        requested(Set.of(KeyUsage.DATA_ENCIPHERMENT)),
                        requested(Set.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.DATA_ENCIPHERMENT)),
                        requested(Set.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN)),
                        requested(Set.of(), ExtendedKeyUsage.CODE_SIGNING.oid()),
                        requested(Set.of(), "1.3.6.1.5.5.7.3.9"),
                        requested(Set.of(), "1.2.3"),
                        requested(Set.of(KeyUsage.KEY_ENCIPHERMENT), CLIENT),
                        requested(Set.of(KeyUsage.CONTENT_COMMITMENT)),
                        requested(Set.of(), ExtendedKeyUsage.TIME_STAMPING.oid(), SERVER))) {
            assertThat(denied(REQUESTED, requested))
                    .as("%s", requested)
                    .isEqualTo(RefusalCode.USAGE_NOT_GRANTED);
        }
        assertThat(
                        granted(
                                        REQUESTED,
                                        requested(Set.of(), ExtendedKeyUsage.TIME_STAMPING.oid()))
                                .extendedKeyUsages())
                .containsExactly(ExtendedKeyUsage.TIME_STAMPING);
    }

    @Test
    void withoutThatWordRequestedUsagesAreTheRulesOrRefused() {
        PolicySnapshot policy = grant("tls", "digitalSignature", "      subject: requested\n");
        assertThat(
                        granted(
                                        policy,
                                        requested(
                                                Set.of(KeyUsage.DIGITAL_SIGNATURE), SERVER, CLIENT))
                                .keyUsages())
                .containsExactly(KeyUsage.DIGITAL_SIGNATURE);
        assertThat(denied(policy, requested(Set.of(KeyUsage.KEY_ENCIPHERMENT))))
                .isEqualTo(RefusalCode.USAGE_NOT_GRANTED);
        assertThat(denied(policy, requested(Set.of(), SERVER)))
                .isEqualTo(RefusalCode.USAGE_NOT_GRANTED);
    }

    @Test
    void onlyAProfileOfCasGivesACaAndOnlyToThoseWhoRequestOne() {
        RequestedAttributes ca =
                new RequestedAttributes(
                        SHOP,
                        Set.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.DIGITAL_SIGNATURE),
                        List.of(),
                        true);
        assertThat(denied(REQUESTED, ca)).isEqualTo(RefusalCode.PROFILE_NOT_GRANTED);
        assertThat(denied(AUTHORITY, requested(SHOP))).isEqualTo(RefusalCode.PROFILE_NOT_GRANTED);
        Decision.Granted granted = granted(AUTHORITY, ca);
        assertThat(granted.profile().authority()).isNotNull();
        assertThat(granted.keyUsages()).hasSize(2);
        assertThat(denied(AUTHORITY, new RequestedAttributes(null, Set.of(), List.of(), true)))
                .isEqualTo(RefusalCode.SUBJECT_NOT_GRANTED);
        assertThat(
                        denied(
                                AUTHORITY,
                                new RequestedAttributes(
                                        SHOP, Set.of(KeyUsage.DIGITAL_SIGNATURE), List.of(), true)))
                .isEqualTo(RefusalCode.USAGE_NOT_GRANTED);
    }

    @Test
    void conditionsSeeWhatIsRequested() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: a
                          when: >-
                            request.subject == "CN=shop.example.org" && request.commonName == "shop.example.org" &&
                            !request.certificateAuthority &&
                            request.keyUsages == ["digitalSignature", "keyEncipherment"] &&
                            request.extendedKeyUsages == ["serverAuth", "1.2.3"] &&
                            request.otherNames == ["1.3.6.1.4.1.311.20.2.3:ops"]
                          grant: {spiffeId: "spiffe://{trustDomain}/a", names: {other: ["*"]}}
                        - name: b
                          when: request.subject == "" && request.otherNames.size() == 0 && request.keyUsages.size() == 0
                          grant: {spiffeId: "spiffe://{trustDomain}/b"}
                        """);
        PolicyRequest request =
                request(
                        others(new OtherName("1.3.6.1.4.1.311.20.2.3", "ops")),
                        requested(
                                Set.of(KeyUsage.KEY_ENCIPHERMENT, KeyUsage.DIGITAL_SIGNATURE),
                                SERVER,
                                "1.2.3"));

        // The rule is for it; its profile has no such usage.
        assertThat(policy.explain(request).rule()).isEqualTo("a");
        assertThat(policy.explain(request(AlternativeNames.NONE, null)).rule()).isEqualTo("b");
    }

    private static AlternativeNames others(OtherName... names) {
        return new AlternativeNames(List.of(), List.of(), List.of(), List.of(), List.of(names));
    }

    @Test
    void R3_eachOtherNameIsJudgedByItselfInAnyOrder() {
        PolicySnapshot policy =
                policy(
                        """
                        - name: a
                          grant:
                            spiffeId: spiffe://{trustDomain}/a
                            names:
                              other: [1.2.3, {exact: "1.2.4:x"}, {when: 'name.startsWith("1.2.5:ops-")'}]
                        """);
        List<OtherName> good =
                List.of(
                        new OtherName("1.2.3", "anything"),
                        new OtherName("1.2.4", "x"),
                        new OtherName("1.2.5", "ops-1"));
        List<OtherName> bad =
                List.of(
                        new OtherName("1.2.33", "anything"),
                        new OtherName("1.2.4", "xx"),
                        new OtherName("1.2.5", "dev"),
                        new OtherName("1.2", "3:a"));
        assertThat(policy.decide(request(others(good.toArray(OtherName[]::new)), null)))
                .isInstanceOf(Decision.Granted.class);
        Random random = new Random(20261123);
        for (OtherName one : bad) {
            List<OtherName> names = new ArrayList<>(good);
            names.add(one);
            for (int i = 0; i < 10; i++) {
                Collections.shuffle(names, random);
                Decision decision =
                        policy.decide(request(others(names.toArray(OtherName[]::new)), null));
                assertThat(decision)
                        .isInstanceOfSatisfying(
                                Decision.Denied.class,
                                denied ->
                                        assertThat(denied.refusal())
                                                .returns(
                                                        RefusalCode.NAME_NOT_GRANTED,
                                                        refusal -> refusal.code())
                                                .returns(
                                                        one.typeId() + ":" + one.value(),
                                                        refusal -> refusal.metadata().get("name")));
            }
        }
    }

    @Test
    void R3_wildcardNamesAreAskedForOnlyWhereThatIsSaid() {
        String rule =
                """
                - name: a
                  grant:
                    spiffeId: spiffe://{trustDomain}/a
                    names: {dns: [{when: 'name.endsWith(".example.org")', wildcards: TRUTH}]}
                """;
        AlternativeNames wildcard = PolicyTexts.dns("a.example.org", "*.b.example.org");
        assertThat(policy(rule.replace("TRUTH", "true")).decide(request(wildcard, null)))
                .isInstanceOf(Decision.Granted.class);
        assertThat(policy(rule.replace("TRUTH", "false")).decide(request(wildcard, null)))
                .isInstanceOf(Decision.Denied.class);
        assertThat(
                        policy(rule.replace("TRUTH", "true"))
                                .decide(request(PolicyTexts.dns("*.example.com"), null)))
                .isInstanceOf(Decision.Denied.class);
    }
}
