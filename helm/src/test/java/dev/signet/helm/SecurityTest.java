package dev.signet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.helm.RenderedChart.Node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a security team reads first.
class SecurityTest {

    static List<Path> valueSets() {
        return RenderedChart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyPodIsRestricted(Path values) {
        for (Node template : RenderedChart.of(values).pods()) {
            Node pod = template.at("spec");
            Node security = pod.at("securityContext");
            assertThat(security.text("runAsNonRoot")).isEqualTo("true");
            if (values.endsWith("openshift.yaml")) {
                assertThat(security.map()).containsOnlyKeys("runAsNonRoot", "seccompProfile");
            } else {
                for (String id : List.of("runAsUser", "runAsGroup", "fsGroup")) {
                    assertThat(security.text(id)).isEqualTo("65532");
                }
            }
            assertThat(security.at("seccompProfile").text("type")).isEqualTo("RuntimeDefault");
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(pod.items("initContainers")).isEmpty();
            assertThat(pod.items("containers")).hasSize(1).allSatisfy(SecurityTest::isRestricted);
            assertThat(pod.items("volumes"))
                    .allSatisfy(volume ->
                            assertThat(volume.map().keySet())
                                    .isSubsetOf(
                                            "name",
                                            "configMap",
                                            "csi",
                                            "emptyDir",
                                            "projected",
                                            "secret"));
        }
    }

    private static void isRestricted(Node container) {
        Node security = container.at("securityContext");
        assertThat(security.text("allowPrivilegeEscalation")).isEqualTo("false");
        assertThat(security.text("privileged")).isEqualTo("false");
        assertThat(security.text("readOnlyRootFilesystem")).isEqualTo("true");
        assertThat(security.text("runAsNonRoot")).isEqualTo("true");
        assertThat(security.at("capabilities").texts("drop")).containsExactly("ALL");
        assertThat(security.at("capabilities").has("add")).isFalse();
        assertThat(container.at("resources").at("limits").has("memory")).isTrue();
        assertThat(container.at("resources").at("requests").has("cpu")).isTrue();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void noTokenIsMountedByItself(Path values) {
        RenderedChart chart = RenderedChart.of(values);
        assertThat(chart.pods())
                .allSatisfy(template -> {
                    assertThat(template.at("spec").text("automountServiceAccountToken"))
                            .isEqualTo("false");
                    assertThat(template.at("spec").text("enableServiceLinks")).isEqualTo("false");
                });
        assertThat(chart.ofKind("ServiceAccount"))
                .allSatisfy(account ->
                        assertThat(account.text("automountServiceAccountToken"))
                                .isEqualTo("false"));
    }

    @Test
    void onlyWhoAsksTheApiServerHasATokenForIt() {
        RenderedChart chart = RenderedChart.of("namespaces");
        assertThat(volumes(chart.one("Deployment", "signet"))).doesNotContain("api-access");
        assertThat(volumes(chart.one("Deployment", "signet-issuer"))).contains("api-access");
        assertThat(volumes(chart.ofKind("Job").findFirst().orElseThrow()))
                .containsExactly("settings", "owner", "temporary", "database-ca");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void noSecretIsRenderedAndNoneStandsInAnEnvironment(Path values) {
        RenderedChart chart = RenderedChart.of(values);
        assertThat(chart.ofKind("Secret")).isEmpty();
        for (Node template : chart.pods()) {
            for (Node container : template.at("spec").items("containers")) {
                assertThat(container.items("envFrom")).isEmpty();
                assertThat(container.items("env"))
                        .allSatisfy(variable ->
                                assertThat(variable.at("valueFrom").has("secretKeyRef")).isFalse());
            }
        }
        chart.ofKind("ConfigMap")
                .forEach(map ->
                        assertThat(map.at("data").map().values().toString())
                                .doesNotContainPattern("password\":")
                                .doesNotContain("PRIVATE KEY"));
    }

    @Test
    void theOwnersPasswordIsTheJobsAlone() {
        RenderedChart chart = RenderedChart.of("minimal");
        assertThat(chart.one("Deployment", "signet").toString()).doesNotContain("signet-db-owner");
        assertThat(chart.ofKind("Job").findFirst().orElseThrow().toString())
                .contains("signet-db-owner")
                .doesNotContain("signet-kek");
    }

    @Test
    void everyPodIsDeniedWhatIsNotAllowed() {
        RenderedChart chart = RenderedChart.of("full");
        Node policy = chart.one("NetworkPolicy", "signet-default-deny").at("spec");
        assertThat(policy.texts("policyTypes")).containsExactly("Ingress", "Egress");
        assertThat(policy.has("ingress") || policy.has("egress")).isFalse();
        Map<String, Object> selected = policy.at("podSelector").at("matchLabels").map();
        assertThat(chart.pods())
                .hasSize(3)
                .allSatisfy(template ->
                        assertThat(template.at("metadata").at("labels").map())
                                .containsAllEntriesOf(selected));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyAllowNamesWhoAndWhichPort(Path values) {
        RenderedChart.of(values)
                .ofKind("NetworkPolicy")
                .forEach(policy -> {
                    Node spec = policy.at("spec");
                    String name = policy.at("metadata").text("name");
                    assertThat(spec.texts("policyTypes")).containsExactly("Ingress", "Egress");
                    assertThat(spec.items("ingress"))
                            .as(name)
                            .allSatisfy(rule -> {
                                assertThat(rule.items("from")).isNotEmpty();
                                assertThat(rule.items("ports")).isNotEmpty();
                            });
                    assertThat(spec.items("egress"))
                            .as(name)
                            .allSatisfy(rule -> {
                                assertThat(rule.items("to")).isNotEmpty();
                                assertThat(rule.items("ports")).isNotEmpty();
                            });
                });
    }

    @Test
    void onlyTheControllerReachesTheCaUnlessSomebodyIsNamed() {
        Node server = RenderedChart.of("minimal").one("NetworkPolicy", "signet-server").at("spec");
        assertThat(server.items("ingress")).hasSize(1);
        Node rule = server.items("ingress").getFirst();
        assertThat(rule.items("ports").getFirst().text("port")).isEqualTo("grpc");
        assertThat(rule.items("from"))
                .singleElement()
                .satisfies(peer ->
                        assertThat(
                                        peer.at("podSelector")
                                                .at("matchLabels")
                                                .text("app.kubernetes.io/component"))
                                .isEqualTo("issuer"));
        Node issuer = RenderedChart.of("minimal").one("NetworkPolicy", "signet-issuer").at("spec");
        assertThat(issuer.items("ingress")).isEmpty();
        assertThat(issuer.items("egress")).hasSize(3);
    }

    @Test
    void withoutPoliciesNothingIsRenderedInPart() {
        assertThat(RenderedChart.of("no-network-policy").ofKind("NetworkPolicy")).isEmpty();
    }

    private static List<String> volumes(Node workload) {
        return workload.at("spec").at("template").at("spec").items("volumes").stream()
                .map(volume -> volume.text("name"))
                .toList();
    }
}
