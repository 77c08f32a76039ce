package dev.signet.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Values that are unknown or contradict each other are refused, and the documented ones are the
/// ones that there are.
class ValuesTest {

    private static final Path MINIMAL = RenderedChart.CHART.resolve("ci/minimal.yaml");

    @TempDir Path directory;

    @Test
    void defaultsAloneAreRefused() {
        assertThatThrownBy(RenderedChart::of)
                .hasMessageContaining("values don't meet the specifications");
    }

    @Test
    void takesWhatIsWhole() {
        assertThat(RenderedChart.of(MINIMAL).objects()).hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    unknown at the top                    | colour: red
                    unknown within the server             | server: {replica: 3}
                    unknown within the image              | server: {image: {name: x}}
                    unknown within a peer                 | networkPolicy: {grpcClients: [{namespace: x}]}
                    unknown within resources              | server: {resources: {limits: {ram: 1Gi}}}
                    a string for a number                 | server: {replicas: '3'}
                    a password in place of its Secret     | database: {server: {password: x}}
                    no trust domain                       | trustDomain: ''
                    no key-encryption key                 | server: {keyEncryptionKey: {existingSecret: ''}}
                    no database                           | database: {host: ''}
                    no password of the database           | database: {server: {existingSecret: ''}}
                    nobody migrates                       | database: {migrations: {existingSecret: ''}}
                    an unknown way to migrate             | database: {migrations: {mode: hook}}
                    a disruption budget for one           | server: {replicas: 1}
                    the same of an autoscaler             | server: {autoscaling: {enabled: true, minReplicas: 1}}
                    fewest more than most                 | server: {autoscaling: {enabled: true, minReplicas: 9, maxReplicas: 3}}
                    an autoscaler without a CPU request   | server: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}
                    two controllers that both work        | issuer: {leaderElection: false}
                    a bundle of no issuer                 | issuer: {trustDistribution: {enabled: true}}
                    an issuer's bundle for nobody         | issuer: {trustDistribution: {issuer: signet}}
                    nothing to install                    | {server: {enabled: false}, issuer: {enabled: false}}
                    verified by nothing                   | database: {ca: {existingConfigMap: ''}}
                    verified by two                       | database: {ca: {existingSecret: x}}
                    a CA that is not used                 | database: {sslMode: require}
                    maintenance by another login on start | database: {migrations: {mode: onStart}, maintenance: {username: m, existingSecret: x}}
                    a maintenance login without password  | database: {maintenance: {username: m}}
                    Secrets and a SecretProviderClass     | server: {secretProviderClass: x}
                    source ranges of no load balancer     | server: {service: {loadBalancerSourceRanges: [10.0.0.0/8]}}
                    denied, and PostgreSQL not allowed    | networkPolicy: {database: []}
                    denied, and the API not allowed       | networkPolicy: {kubernetesApi: {cidrs: []}}
                    a client of an endpoint that is off   | networkPolicy: {federationClients: [{ipBlock: {cidr: 0.0.0.0/0}}]}
                    an admin of an API that is off        | {server: {admin: {enabled: false}}, networkPolicy: {adminClients: [{podSelector: {}}]}}
                    a block beside a selector             | networkPolicy: {grpcClients: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}
                    a secret among the settings           | server: {settings: {signet.authority.key-encryption-key.base64: eA==}}
                    a password among the settings         | server: {settings: {signet.database.password: x}}
                    a setting that a value sets           | server: {settings: {signet.stop.drain-time: 1s}}
                    a setting of something else           | server: {settings: {spring.main.banner-mode: off}}
                    a digest that is none                 | server: {image: {digest: latest}}
                    """)
    void refuses(String why, String values) throws IOException {
        Path file = directory.resolve("values.yaml");
        Files.writeString(file, values);
        assertThatThrownBy(() -> RenderedChart.of(MINIMAL, file))
                .as(why)
                .hasMessageMatching(
                        "(?s).*(values don't meet the specifications|minReplicas is greater).*");
    }

    @Test
    void everyObjectOfTheSchemaRefusesWhatItDoesNotName() throws IOException {
        List<String> open = new ArrayList<>();
        walk("", schema(), open);
        // Helm's own, maps of strings and settings, and parts of a pod that Kubernetes checks.
        assertThat(open)
                .containsExactlyInAnyOrder(
                        "/properties/global",
                        "/properties/server/properties/affinity/properties/nodeAffinity",
                        "/properties/server/properties/affinity/properties/podAffinity",
                        "/properties/server/properties/affinity/properties/podAntiAffinity",
                        "/properties/issuer/properties/affinity/properties/nodeAffinity",
                        "/properties/issuer/properties/affinity/properties/podAffinity",
                        "/properties/issuer/properties/affinity/properties/podAntiAffinity");
    }

    private static void walk(String path, JsonNode node, List<String> open) {
        if (node.isObject()
                && node.path("type").asString("").equals("object")
                && !node.has("additionalProperties")) {
            open.add(path);
        }
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> walk(path + "/" + entry.getKey(), entry.getValue(), open));
        }
        if (node.isArray()) {
            node.forEach(item -> walk(path + "/-", item, open));
        }
    }

    @Test
    void theTableOfTheReadmeIsWhatSchemaAndDefaultsSay() throws IOException {
        List<String> rows = new ArrayList<>();
        Map<String, Object> defaults =
                RenderedChart.yaml()
                        .load(Files.readString(RenderedChart.CHART.resolve("values.yaml")));
        rows(schema(), "", defaults, rows);
        List<String> documented =
                Files.readAllLines(RenderedChart.CHART.resolve("README.md")).stream()
                        .filter(line -> line.startsWith("| `"))
                        .toList();
        assertThat(documented).containsExactlyElementsOf(rows);
    }

    /// A row for each value that is no group of values.
    private static void rows(
            JsonNode schema, String prefix, Map<?, ?> defaults, List<String> rows) {
        for (Map.Entry<?, ?> entry : defaults.entrySet()) {
            JsonNode property = schema.path("properties").path(entry.getKey().toString());
            assertThat(property.isMissingNode()).as(prefix + entry.getKey()).isFalse();
            String name = prefix + entry.getKey();
            if (entry.getValue() instanceof Map<?, ?> group
                    && property.has("properties")
                    && !property.has("description")) {
                rows(property, name + ".", group, rows);
            } else {
                assertThat(property.path("description").asString("")).as(name).isNotEmpty();
                rows.add(
                        "| `"
                                + name
                                + "` | `"
                                + JsonMapper.shared().writeValueAsString(entry.getValue())
                                + "` | "
                                + property.path("description").asString()
                                + " |");
            }
        }
    }

    private static JsonNode schema() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(RenderedChart.CHART.resolve("values.schema.json")));
    }
}
