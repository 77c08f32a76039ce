package dev.signet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.helm.RenderedChart.Node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the chart lets its ServiceAccounts do at the API server.
class RightsTest {

    private static final Set<String> ROLES = Set.of("Role", "ClusterRole");
    private static final Set<String> BINDINGS = Set.of("RoleBinding", "ClusterRoleBinding");
    private static final Pattern REASON = Pattern.compile("(?m)^ +# (.+)\\n +- apiGroups: ");

    static List<Path> valueSets() {
        return RenderedChart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void nothingIsGrantedByWildcard(Path values) {
        for (Node rule : rules(RenderedChart.of(values))) {
            assertThat(rule.texts("apiGroups")).hasSize(1).doesNotContain("*");
            assertThat(rule.texts("resources")).isNotEmpty().noneMatch(name -> name.contains("*"));
            assertThat(rule.texts("verbs"))
                    .isNotEmpty()
                    .doesNotContain("*", "impersonate", "escalate", "bind");
            assertThat(rule.has("nonResourceURLs")).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyRuleHasItsReason(Path values) {
        RenderedChart chart = RenderedChart.of(values);
        for (String document : chart.text().split("(?m)^---$")) {
            int rules = document.split("- apiGroups: ", -1).length - 1;
            assertThat(REASON.matcher(document).results().count()).as(document).isEqualTo(rules);
        }
    }

    /// A Secret may be read only where its name is given, and no token be made but for a name.
    @ParameterizedTest
    @MethodSource("valueSets")
    void secretsAndTokensAreGrantedByName(Path values) {
        assertThat(rules(RenderedChart.of(values)))
                .filteredOn(rule ->
                        rule.texts("resources").contains("secrets")
                                || rule.texts("resources").contains("configmaps")
                                || rule.texts("resources").contains("serviceaccounts/token"))
                .allSatisfy(rule -> assertThat(rule.texts("resourceNames")).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyBindingBindsARoleOfThisChartToAnAccountThatIsNamed(Path values) {
        RenderedChart chart = RenderedChart.of(values);
        for (Node binding : chart.objects()) {
            if (!BINDINGS.contains(binding.text("kind"))) {
                continue;
            }
            Node role = binding.at("roleRef");
            assertThat(chart.one(role.text("kind"), role.text("name"), namespace(binding)))
                    .isNotNull();
            assertThat(binding.items("subjects"))
                    .singleElement()
                    .satisfies(subject -> {
                        assertThat(subject.text("kind")).isEqualTo("ServiceAccount");
                        assertThat(subject.text("namespace")).isNotEmpty();
                    });
        }
    }

    @Test
    void certManagerMayApproveForTheseIssuersAndNoOthers() {
        RenderedChart chart = RenderedChart.of("minimal");
        Node role = chart.one("ClusterRole", "signet-cert-manager-approve");
        assertThat(role.items("rules"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.texts("verbs")).containsExactly("approve");
                    assertThat(rule.texts("resourceNames"))
                            .containsExactly(
                                    "signetissuers.signet.dev/*",
                                    "signetclusterissuers.signet.dev/*");
                });
        Node subject =
                chart.one("ClusterRoleBinding", "signet-cert-manager-approve")
                        .items("subjects")
                        .getFirst();
        assertThat(subject.text("namespace")).isEqualTo("cert-manager");
        assertThat(subject.text("name")).isEqualTo("cert-manager");
        assertThat(RenderedChart.of("namespaces").text()).doesNotContain("cert-manager-approve");
    }

    /// The page that a security team reads says what is rendered, rule by rule.
    @Test
    void thePageListsEveryRuleOfEveryAccount() throws IOException {
        RenderedChart chart = RenderedChart.of("rights");
        List<String> expected = new ArrayList<>();
        for (String account : List.of("signet", "signet-issuer", "signet-migration")) {
            expected.add("### " + account);
            expected.addAll(rows(chart, account));
        }
        List<String> documented =
                Files.readAllLines(Path.of("../docs/kubernetes/rbac.md")).stream()
                        .dropWhile(line -> !line.equals("### signet"))
                        .takeWhile(line -> !line.startsWith("## "))
                        .filter(line -> line.startsWith("### ") || line.startsWith("| `"))
                        .toList();
        assertThat(documented).containsExactlyElementsOf(expected);
    }

    private static List<String> rows(RenderedChart chart, String account) {
        List<String> rows = new ArrayList<>();
        for (Node binding : chart.objects()) {
            if (!BINDINGS.contains(binding.text("kind"))
                    || !binding.items("subjects").getFirst().text("name").equals(account)) {
                continue;
            }
            Node reference = binding.at("roleRef");
            Node role =
                    chart.one(reference.text("kind"), reference.text("name"), namespace(binding));
            List<String> reasons = reasons(chart, role);
            for (int i = 0; i < reasons.size(); i++) {
                Node rule = role.items("rules").get(i);
                String where = namespace(binding);
                rows.add(
                        "| `%s` | `%s` | %s | `%s` | %s | %s |"
                                .formatted(
                                        String.join(", ", rule.texts("apiGroups"))
                                                .replaceAll("^$", "core"),
                                        String.join(", ", rule.texts("resources")),
                                        rule.texts("resourceNames").isEmpty()
                                                ? ""
                                                : "`"
                                                        + String.join(
                                                                ", ", rule.texts("resourceNames"))
                                                        + "`",
                                        String.join(", ", rule.texts("verbs")),
                                        where.isEmpty() ? "" : "`" + where + "`",
                                        reasons.get(i)));
            }
        }
        return rows;
    }

    private static List<String> reasons(RenderedChart chart, Node role) {
        for (String document : chart.text().split("(?m)^---$")) {
            Object parsed = RenderedChart.yaml().load(document);
            if (parsed != null && new Node(parsed).equals(role)) {
                List<String> reasons = new ArrayList<>();
                Matcher matcher = REASON.matcher(document);
                while (matcher.find()) {
                    reasons.add(matcher.group(1));
                }
                return reasons;
            }
        }
        throw new AssertionError("not rendered: " + role);
    }

    private static List<Node> rules(RenderedChart chart) {
        return chart.objects().stream()
                .filter(object -> ROLES.contains(object.text("kind")))
                .flatMap(role -> role.items("rules").stream())
                .toList();
    }

    /// Empty: the whole cluster.
    private static String namespace(Node binding) {
        return binding.at("metadata").text("namespace");
    }
}
