package dev.signet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;

import dev.signet.helm.RenderedChart.Node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What everybody relies on, whatever the values.
class ChartTest {

    static List<Path> valueSets() {
        return RenderedChart.valueSets();
    }

    @Test
    void hasTenValueSetsAtLeast() {
        assertThat(valueSets()).hasSizeGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void lints(Path values, @TempDir Path directory) throws IOException {
        // Helm's linter takes values from the chart alone.
        Path chart = directory.resolve("signet");
        copy(RenderedChart.CHART, chart);
        Map<Object, Object> all = load(RenderedChart.CHART.resolve("values.yaml"));
        merge(all, load(values));
        Files.writeString(chart.resolve("values.yaml"), RenderedChart.yaml().dump(all));
        LintResult result = new Helm(chart).lint().strict().call();
        assertThat(result.isFailed()).as(() -> String.join("\n", result.getMessages())).isFalse();
    }

    private static Map<Object, Object> load(Path file) throws IOException {
        return RenderedChart.yaml().load(Files.readString(file));
    }

    private static void merge(Map<Object, Object> into, Map<?, ?> from) {
        from.forEach((key, value) -> {
            if (value instanceof Map<?, ?> group && into.get(key) instanceof Map<?, ?> present) {
                Map<Object, Object> both = new LinkedHashMap<>(present);
                merge(both, group);
                into.put(key, both);
            } else {
                into.put(key, value);
            }
        });
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyObjectIsNamedOnceAndLabelled(Path values) {
        Set<String> seen = new HashSet<>();
        for (Node object : RenderedChart.of(values).objects()) {
            Node metadata = object.at("metadata");
            String name =
                    object.text("kind")
                            + "/"
                            + metadata.text("namespace")
                            + "/"
                            + metadata.text("name");
            assertThat(seen.add(name)).as(name).isTrue();
            assertThat(metadata.at("labels").text("app.kubernetes.io/instance"))
                    .as(name)
                    .isEqualTo("signet");
            assertThat(object.has("apiVersion")).as(name).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void selectorsFindTheirPods(Path values) {
        RenderedChart chart = RenderedChart.of(values);
        chart.ofKind("Deployment")
                .forEach(deployment ->
                        assertThat(
                                        deployment
                                                .at("spec")
                                                .at("template")
                                                .at("metadata")
                                                .at("labels")
                                                .map())
                                .containsAllEntriesOf(
                                        deployment
                                                .at("spec")
                                                .at("selector")
                                                .at("matchLabels")
                                                .map()));
        chart.ofKind("Service")
                .forEach(service -> {
                    Node labels = service.at("spec").at("selector");
                    List<Node> found =
                            chart.ofKind("Deployment")
                                    .filter(deployment ->
                                            deployment
                                                    .at("spec")
                                                    .at("selector")
                                                    .at("matchLabels")
                                                    .map()
                                                    .equals(labels.map()))
                                    .toList();
                    assertThat(found).as(service.at("metadata").text("name")).hasSize(1);
                    List<String> ports =
                            found
                                    .getFirst()
                                    .at("spec")
                                    .at("template")
                                    .at("spec")
                                    .items("containers")
                                    .getFirst()
                                    .items("ports")
                                    .stream()
                                    .map(port -> port.text("name"))
                                    .toList();
                    assertThat(service.at("spec").items("ports"))
                            .allSatisfy(
                                    port -> assertThat(ports).contains(port.text("targetPort")));
                });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void aRollingUpdateTakesNoReplicaBeforeAnotherIsReady(Path values) {
        RenderedChart.of(values)
                .ofKind("Deployment")
                .forEach(deployment -> {
                    Node rolling = deployment.at("spec").at("strategy").at("rollingUpdate");
                    assertThat(rolling.text("maxUnavailable")).isEqualTo("0");
                    assertThat(rolling.text("maxSurge")).isEqualTo("1");
                });
    }

    @Test
    void theGracePeriodIsLongerThanDrainAndTimeOut() {
        RenderedChart chart = RenderedChart.of("minimal");
        Node pod = chart.one("Deployment", "signet").at("spec").at("template").at("spec");
        assertThat(pod.text("terminationGracePeriodSeconds")).isEqualTo("40");
        assertThat(settings(chart))
                .contains("\"signet.stop.drain-time\": \"10s\"")
                .contains("\"signet.stop.timeout\": \"20s\"");
    }

    @Test
    void replicasAreTheAutoscalersWhereThereIsOne() {
        assertThat(RenderedChart.of("full").one("Deployment", "signet").at("spec").has("replicas"))
                .isFalse();
        assertThat(RenderedChart.of("full").ofKind("HorizontalPodAutoscaler")).hasSize(1);
        assertThat(RenderedChart.of("minimal").ofKind("HorizontalPodAutoscaler")).isEmpty();
    }

    /// A Job is immutable: the same one stays, another database or image makes another one.
    @Test
    void theJobIsNamedByWhatItDoes() {
        String name = job(RenderedChart.of("minimal"));
        assertThat(job(RenderedChart.of("minimal"))).isEqualTo(name);
        assertThat(job(RenderedChart.of("full"))).isNotEqualTo(name);
        assertThat(RenderedChart.of("server-only").ofKind("Job")).isEmpty();
    }

    @Test
    void whoMigratesOnStartDoesNotWaitForAJob() {
        assertThat(settings(RenderedChart.of("server-only")))
                .doesNotContain("signet.database.migrations")
                .contains("\"signet.database.migration-username\": \"signet_owner\"");
        assertThat(settings(RenderedChart.of("minimal")))
                .contains("\"signet.database.migrations\": \"await\"")
                .doesNotContain("signet_owner");
    }

    @Test
    void ofSeveralHostsOfPostgresqlTheDriverFindsThePrimary() {
        assertThat(settings(RenderedChart.of("full")))
                .containsPattern(
                        "jdbc:postgresql://db-1\\.example\\.org:\\d+,db-2\\.example\\.org:\\d+/signet\\?sslmode=[-a-z]+&targetServerType=primary");
        assertThat(settings(RenderedChart.of("minimal")))
                .contains("jdbc:postgresql://db.example.org:5432/signet?sslmode=verify-full")
                .doesNotContain("targetServerType");
    }

    @Test
    void theCertificateNamesEveryServiceAndTheValues() {
        assertThat(settings(RenderedChart.of("full")))
                .contains("\"signet.signet.svc.cluster.local\"")
                .contains("\"signet-admin.signet.svc\"")
                .contains("\"localhost\"")
                .contains("\"ca.example.org\"")
                .contains("\"10.9.8.7\"");
    }

    static String settings(RenderedChart chart) {
        return chart.one("ConfigMap", "signet").at("data").text("signet.yaml");
    }

    private static String job(RenderedChart chart) {
        return chart.ofKind("Job").findFirst().orElseThrow().at("metadata").text("name");
    }
}
