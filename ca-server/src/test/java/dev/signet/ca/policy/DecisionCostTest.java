package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What an operator's conditions may cost whom.
class DecisionCostTest {

    private static final String COSTLY = "attributes[\"v\"].matches(\"(x?y?){120}z$\")";

    /// As many rules as together exceed what a decision may cost, though each alone does not.
    private static final PolicySnapshot MANY = PolicyTexts.policy(rules(60, COSTLY));

    private static final PolicyRequest LONG =
            new PolicyTexts.Request(EvidenceKind.OIDC).with("v", "xy".repeat(512)).make();

    private static final PolicyRequest SHORT =
            new PolicyTexts.Request(EvidenceKind.OIDC).with("v", "xy").make();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static String rules(int count, String condition) {
        return IntStream.range(0, count)
                        .mapToObj(i ->
                                """
                                - name: costly-%d
                                  when: '%s && request.profile != "%d"'
                                  deny: no
                                """
                                        .formatted(i, condition, i))
                        .collect(Collectors.joining())
                + """
                - name: all
                  grant: {spiffeId: "spiffe://{trustDomain}/a"}
                """;
    }

    private static RefusalCode denied(PolicySnapshot policy, PolicyRequest request) {
        Decision decision = policy.decide(request);
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        return ((Decision.Denied) decision).refusal().code();
    }

    @Test
    void aDecisionThatWouldCostMoreIsRefusedForThatAndNamesTheRule() {
        assertThat(denied(MANY, LONG)).isEqualTo(RefusalCode.POLICY_TOO_COSTLY);
        Decision.Denied denied = (Decision.Denied) MANY.decide(LONG);
        assertThat(denied.refusal().diagnosis()).containsPattern("rule costly-\\d+ of policy 1");
        assertThat(MANY.decide(SHORT)).isInstanceOf(Decision.Granted.class);
    }

    @Test
    void noOperatorHidesThatTheCostRanOut() {
        String alternatives =
                IntStream.range(0, 6).mapToObj(_ -> COSTLY).collect(Collectors.joining(" || "));
        PolicySnapshot policy =
                PolicyTexts.policy(
                        rules(
                                5,
                                "["
                                        + alternatives
                                        + " || request.lifetimeSeconds == 0][0] == false"));

        assertThat(denied(policy, LONG)).isEqualTo(RefusalCode.POLICY_TOO_COSTLY);
    }

    @Test
    void loopsAndPartsOfTextsThatAreNoLiteralsAreCounted() {
        PolicySnapshot loops =
                PolicyTexts.policy(
                        rules(
                                250,
                                "!request.dnsNames.all(a, a.contains(request.profile) &&"
                                        + " a.size() > 1 || a.lowerAscii() != \"x\")"));
        PolicyRequest names =
                new PolicyTexts.Request(EvidenceKind.OIDC)
                        .requesting(
                                PolicyTexts.dns(
                                        IntStream.range(0, 100)
                                                .mapToObj(i ->
                                                        "n" + i + ("." + "x".repeat(60)).repeat(3))
                                                .toArray(String[]::new)))
                        .make();

        assertThat(denied(loops, names)).isEqualTo(RefusalCode.POLICY_TOO_COSTLY);
    }

    @Test
    void conditionsOfNamesCountTogetherWithThoseOfRules() {
        PolicySnapshot policy =
                PolicyTexts.policy(
                        """
                        - name: a
                          grant:
                            spiffeId: spiffe://{trustDomain}/a
                            names:
                              dns:
                        """
                                + IntStream.range(0, 40)
                                        .mapToObj(i ->
                                                "      - when: name.matches(\"^[a-z0-9]+[.]"
                                                        + i
                                                        + "[.](example|test)[.](org|com)$\")\n")
                                        .collect(Collectors.joining()));
        String[] names =
                IntStream.range(0, 100)
                        .mapToObj(i -> "n" + i + "." + "x".repeat(60) + ".example.org")
                        .toArray(String[]::new);

        assertThat(
                        denied(
                                policy,
                                new PolicyTexts.Request(EvidenceKind.OIDC)
                                        .requesting(PolicyTexts.dns(names))
                                        .make()))
                .isEqualTo(RefusalCode.POLICY_TOO_COSTLY);
        assertThat(
                        denied(
                                policy,
                                new PolicyTexts.Request(EvidenceKind.OIDC)
                                        .requesting(PolicyTexts.dns("other.example.org"))
                                        .make()))
                .isEqualTo(RefusalCode.NAME_NOT_GRANTED);
    }

    @Test
    void anExplanationSaysTheSameAndShowsEachPart() {
        Explanation explanation = MANY.explain(LONG);

        assertThat(explanation.decision()).isEqualTo(MANY.decide(LONG));
        assertThat(explanation.rule()).startsWith("costly-");
        assertThat(explanation.rules()).isNotEmpty();
        assertThat(MANY.explain(SHORT).decision()).isEqualTo(MANY.decide(SHORT));
        assertThat(MANY.explain(SHORT).rules()).hasSize(61);
    }

    @Test
    void anExplanationEndsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> MANY.explain(LONG)).isInstanceOf(CancellationException.class);
    }

    @Test
    void aDocumentIsNotReadOnWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> PolicyTexts.policy(rules(2, COSTLY)))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void anInterruptedThreadDecidesAllTheSame() {
        Thread.currentThread().interrupt();
        assertThat(MANY.decide(SHORT)).isInstanceOf(Decision.Granted.class);
    }

    @Test
    void whatConditionsUsuallyAskForIsFarFromTheBound() {
        PolicySnapshot policy =
                PolicyTexts.policy(
                        """
                        - name: a
                          when: attributes["v"].matches("^[a-z0-9-]+/[a-z0-9-]+$") || attributes["v"].contains("legacy")
                          grant:
                            spiffeId: spiffe://{trustDomain}/a
                            names:
                              dns: [{when: 'name.endsWith(".example.org") && name.matches("^[a-z0-9-]+[.]")'}]
                        """);
        String[] names =
                IntStream.range(0, 100)
                        .mapToObj(i -> "n" + i + ".example.org")
                        .toArray(String[]::new);

        assertThat(
                        policy.decide(
                                new PolicyTexts.Request(EvidenceKind.OIDC)
                                        .with("v", "shop/orders")
                                        .requesting(PolicyTexts.dns(names))
                                        .make()))
                .isInstanceOf(Decision.Granted.class);
    }
}
