package dev.signet.helm;

import com.marcnuri.helm.Helm;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What Helm makes of the chart, release `signet` in namespace `signet`. Immutable.
record RenderedChart(String text, List<Node> objects) {

    static final Path CHART = Path.of("signet");

    /// The value sets that the chart is tested with, and those of the examples.
    static List<Path> valueSets() {
        return Stream.concat(
                        files("ci").stream(),
                        files("examples").stream()
                                .filter(file -> file.toString().endsWith("-values.yaml")))
                .toList();
    }

    private static List<Path> files(String folder) {
        try (Stream<Path> files = Files.list(CHART.resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param values YAML files, a later one wins
    /// @throws IllegalStateException when the values are refused, with Helm's words
    static RenderedChart of(Path... values) {
        var template =
                new Helm(CHART)
                        .template()
                        .withName("signet")
                        .withNamespace("signet")
                        .withKubeVersion("1.37.2")
                        .skipCrds();
        for (Path file : values) {
            template = template.withValuesFile(file);
        }
        String text = template.call();
        List<Node> objects = new ArrayList<>();
        for (Object document : yaml().loadAll(text)) {
            if (document != null) {
                objects.add(new Node(document));
            }
        }
        return new RenderedChart(text, List.copyOf(objects));
    }

    static RenderedChart of(String valueSet) {
        return of(CHART.resolve("ci").resolve(valueSet + ".yaml"));
    }

    static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }

    Stream<Node> ofKind(String kind) {
        return objects.stream().filter(object -> object.text("kind").equals(kind));
    }

    Node one(String kind, String name) {
        List<Node> found =
                ofKind(kind)
                        .filter(object -> object.at("metadata").text("name").equals(name))
                        .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " of " + kind + "/" + name);
        }
        return found.getFirst();
    }

    /// @param namespace empty: of the whole cluster
    Node one(String kind, String name, String namespace) {
        List<Node> found =
                ofKind(kind)
                        .filter(object -> object.at("metadata").text("name").equals(name))
                        .filter(object -> object.at("metadata").text("namespace").equals(namespace))
                        .toList();
        if (found.size() != 1) {
            throw new AssertionError(
                    found.size() + " of " + kind + "/" + name + " in '" + namespace + "'");
        }
        return found.getFirst();
    }

    /// The pods that Deployments and Jobs make.
    List<Node> pods() {
        return objects.stream()
                .filter(object -> List.of("Deployment", "Job").contains(object.text("kind")))
                .map(object -> object.at("spec").at("template"))
                .toList();
    }

    /// A part of a YAML document; what is not there is empty.
    record Node(Object value) {

        private static final Node NOTHING = new Node(Map.of());

        Node at(String key) {
            return value instanceof Map<?, ?> map && map.get(key) != null
                    ? new Node(map.get(key))
                    : NOTHING;
        }

        String text(String key) {
            Object found = value instanceof Map<?, ?> map ? map.get(key) : null;
            return found == null ? "" : found.toString();
        }

        boolean has(String key) {
            return value instanceof Map<?, ?> map && map.containsKey(key);
        }

        List<Node> items(String key) {
            Object found = value instanceof Map<?, ?> map ? map.get(key) : null;
            return found instanceof List<?> list
                    ? list.stream().map(Node::new).toList()
                    : List.of();
        }

        List<String> texts(String key) {
            return items(key).stream().map(item -> item.value().toString()).toList();
        }

        Map<String, Object> map() {
            Map<String, Object> result = new TreeMap<>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, item) -> result.put(key.toString(), item));
            }
            return result;
        }
    }
}
