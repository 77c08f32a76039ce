package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.policy.PolicyFinding.Severity;
import dev.signet.ca.privilege.Privileges;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Random;
import java.util.Set;

class DocumentCompilerTest {

    /// Of a server whose issuing CA issues to leaves only, and whose token issuer passes on one
    /// claim.
    private static final PolicyLanguage SERVER =
            PolicyLanguage.of(
                    PolicyTexts.DOMAIN,
                    PolicySettings.defaults(),
                    new ProfileTrial(CryptoProvider.detect()),
                    new FakeStatusInformation(),
                    Privileges.builtIn(PolicyTexts.DOMAIN),
                    new PolicySurroundings() {
                        @Override
                        public int issuingPathLength() {
                            return 0;
                        }

                        @Override
                        public boolean isPassedOn(String claim) {
                            return claim.equals("project");
                        }
                    });

    private static final String UNFIT =
            """
            apiVersion: signet.dev/v1
            rules:
              - name: a-ca
                when: attributes["oidc.claim.project"] == "ca"
                grant:
                  spiffeId: spiffe://{trustDomain}/ca
                  profile: intermediate-ca
                  subject: [{type: CN, value: Department}]
              - name: misspelt
                when: attributes["oidc.claim.project"] == "a" && attributes["oidc.claim.projct"] == "b"
                grant:
                  spiffeId: spiffe://{trustDomain}/{attributes["oidc.claim.repository"]}
              - name: perhaps
                when: has(attributes.team) || "oidc.claim.other" in attributes
                deny: others
            """;

    @Test
    void whatThisServerNeverGivesIsRefusedWhereItIsWritten() {
        PolicyLanguage.Reading reading = SERVER.read(UNFIT, "1");

        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.NotAccepted.class);
        assertThat(reading.findings())
                .extracting(Object::toString)
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("7:16: ERROR: ")
                                        .contains("intermediate-ca", "issuing-path-length of 1"),
                        second ->
                                assertThat(second)
                                        .startsWith("10:66: ERROR: ")
                                        .contains("oidc.claim.projct", "token-issuers"),
                        third ->
                                assertThat(third)
                                        .startsWith("12:40: ERROR: ")
                                        .contains("oidc.claim.repository"));
    }

    @Test
    void whatIsInForceStaysSoWhenTheServersSettingsChange() {
        PolicyLanguage.Reading reading = SERVER.readInForce(UNFIT, "1", Set.of());

        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        assertThat(reading.findings())
                .hasSize(3)
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Severity.WARNING));
    }

    static List<PolicyCorpus.Sample> refused() {
        return PolicyCorpus.refused();
    }

    static List<PolicyCorpus.Sample> accepted() {
        return PolicyCorpus.accepted();
    }

    @ParameterizedTest
    @MethodSource
    void refused(PolicyCorpus.Sample sample) {
        PolicyLanguage.Reading reading = PolicyTexts.LANGUAGE.read(sample.text(), "1");

        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.NotAccepted.class);
        assertThat(reading.findings())
                .anySatisfy(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                    assertThat(new Position(finding.line(), finding.column()))
                            .isEqualTo(sample.expectedAt());
                    assertThat(finding.message()).contains(sample.expectedMessage());
                });
    }

    @ParameterizedTest
    @MethodSource
    void accepted(PolicyCorpus.Sample sample) {
        PolicyLanguage.Reading reading = PolicyTexts.LANGUAGE.read(sample.text(), "1");

        assertThat(reading)
                .as("%s", reading.findings())
                .isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        assertThat(reading.findings()).isEmpty();
    }

    @Test
    void aVersionHasItsOwnProfilesBesideTheBuiltInOnes() {
        PolicyLanguage.Reading reading =
                PolicyTexts.LANGUAGE.read(
                        """
                        apiVersion: signet.dev/v1
                        profiles:
                          - name: mail
                            version: 1
                            extendedKeyUsages: [emailProtection]
                        rules: []
                        """,
                        "1");

        assertThat(reading)
                .isInstanceOfSatisfying(
                        PolicyLanguage.Reading.Accepted.class,
                        accepted ->
                                assertThat(accepted.snapshot().profiles())
                                        .extracting(profile -> profile.name())
                                        .containsExactly(
                                                "client",
                                                "intermediate-ca",
                                                "mail",
                                                "server",
                                                "workload"));
    }

    @Test
    void warnsOfWhatIsAllowedAndHardlyMeant() {
        assertWarning(
                """
                - name: a
                  grant:
                    spiffeId: {oneOf: ["spiffe://{trustDomain}/**"]}
                """,
                "any SPIFFE ID of the trust domain");
        assertWarning(
                """
                - name: a
                  grant:
                    spiffeId: spiffe://{trustDomain}/a
                    names: {dns: ["*.com"]}
                """,
                "a whole top-level domain");
        assertWarning(
                """
                - name: a
                  grant:
                    spiffeId: spiffe://{trustDomain}/a
                    names: {ip: ["0.0.0.0/0"]}
                """,
                "every address");
        assertWarning(
                """
                - name: a
                  when: evidence.kind == "server"
                  deny: no
                """,
                "a built-in rule decides");
    }

    private static void assertWarning(String rules, String message) {
        PolicyLanguage.Reading reading =
                PolicyTexts.LANGUAGE.read(PolicyTexts.document(rules), "1");
        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        assertThat(reading.findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.message()).contains(message);
                });
    }

    @Test
    void boundsSizeDepthAndNumber() {
        String tooLarge = PolicyTexts.document("- name: a\n  deny: no\n") + "#".repeat(256 * 1024);
        assertRefused(tooLarge, "larger than 256 KiB");
        assertRefused(
                "apiVersion: signet.dev/v1\nrules: " + "[".repeat(50) + "]".repeat(50),
                "more than 20 deep");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= 1_000; i++) {
            many.append("- {name: r")
                    .append(i)
                    .append(", when: evidence.subject == \"")
                    .append(i)
                    .append("\", deny: x}\n");
        }
        assertRefused(PolicyTexts.document(many.toString()), "more than 1000 items");
        assertRefused(
                PolicyTexts.document(
                        "- name: a\n  when: true" + " || true".repeat(500) + "\n  deny: no\n"),
                "longer than 4000 characters");
        assertRefused(
                PolicyTexts.document(
                        "- name: a\n  when: "
                                + "(".repeat(500)
                                + "true"
                                + ")".repeat(500)
                                + "\n  deny: no\n"),
                "");
    }

    private static void assertRefused(String document, String message) {
        PolicyLanguage.Reading reading = PolicyTexts.LANGUAGE.read(document, "1");
        assertThat(reading).isInstanceOf(PolicyLanguage.Reading.NotAccepted.class);
        assertThat(reading.findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains(message));
    }

    @Test
    void listsEveryErrorAndNotMoreThanAHundred() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            rules.append("- {name: r").append(i).append(", when: nothing, deny: x}\n");
        }

        List<PolicyFinding> findings =
                PolicyTexts.LANGUAGE.read(PolicyTexts.document(rules.toString()), "1").findings();

        assertThat(findings).hasSize(100);
        assertThat(findings).extracting(PolicyFinding::line).isSorted().startsWith(3, 4, 5);
    }

    /// Whatever an author's slip makes of a document: findings within it, never an exception.
    @Test
    void R12_damagedDocumentsAreRefusedOrAcceptedAndNothingElse() {
        Random random = new Random(12);
        List<PolicyCorpus.Sample> samples = PolicyCorpus.accepted();
        String alphabet = "{}[]\"':-\n #&*!|>%@`,?\\\té\ud83d\ude00a1";
        for (int round = 0; round < 1_500; round++) {
            StringBuilder text =
                    new StringBuilder(samples.get(random.nextInt(samples.size())).text());
            for (int i = 1 + random.nextInt(3); i > 0 && text.length() > 1; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.setLength(Math.max(1, at));
                }
            }
            String document = text.toString();
            int lines = (int) document.lines().count() + 1;

            PolicyLanguage.Reading reading = PolicyTexts.LANGUAGE.read(document, "1");

            assertThat(reading.findings())
                    .as(document)
                    .allSatisfy(
                            finding -> assertThat(finding.line()).isBetween(1, Math.max(1, lines)));
        }
    }

    @Test
    void R5_versionNamesLabelAndContent() {
        String document = PolicyTexts.document("- name: a\n  deny: no\n");

        assertThat(PolicyTexts.snapshot(document).version()).matches("1\\+sha256:[0-9a-f]{16}");
        assertThat(PolicyTexts.snapshot(document + "\n").version())
                .isNotEqualTo(PolicyTexts.snapshot(document).version());
    }
}
