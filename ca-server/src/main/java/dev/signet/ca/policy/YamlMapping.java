package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One mapping of the document, read by the names of its keys; says what is unknown, missing, twice
/// there or of another kind. Not thread-safe.
final class YamlMapping {

    private static final int MAX_ITEMS = 1_000;

    private final String what;
    private final Position at;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final DocumentText document;
    private final Findings findings;

    private YamlMapping(
            MappingNode node,
            String what,
            List<String> known,
            DocumentText document,
            Findings findings) {
        this.what = what;
        this.at = YamlText.position(node.getStartMark());
        this.document = document;
        this.findings = findings;
        for (NodeTuple tuple : node.getValue()) {
            Position position = YamlText.position(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                findings.error(position, "A key of " + what + " is not a word");
            } else if (!known.contains(key.getValue())) {
                findings.error(
                        position,
                        what
                                + " has no "
                                + shortened(key.getValue())
                                + NearestName.hint(key.getValue(), known));
            } else if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                findings.error(position, key.getValue() + " is there twice");
            }
        }
    }

    /// @param what the mapping is called in findings
    /// @param known all keys that it may have
    /// @return null when the node is something else, which is said
    static @Nullable YamlMapping of(
            Node node, String what, List<String> known, DocumentText document, Findings findings) {
        if (node instanceof MappingNode mapping) {
            return new YamlMapping(mapping, what, known, document, findings);
        }
        findings.error(
                YamlText.position(node.getStartMark()),
                what + " is " + kind(node) + " (expected: keys " + String.join(", ", known) + ")");
        return null;
    }

    Position at() {
        return at;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable Node node(String key) {
        return values.get(key);
    }

    @Nullable Scalar text(String key) {
        Node node = values.get(key);
        return node == null ? null : scalar(node, key);
    }

    @Nullable Scalar requiredText(String key) {
        if (!has(key)) {
            findings.error(at, what + " has no " + key);
            return null;
        }
        return text(key);
    }

    @Nullable YamlMapping mapping(String key, List<String> known) {
        Node node = values.get(key);
        return node == null ? null : of(node, key, known, document, findings);
    }

    /// Empty where the key is not there.
    List<Node> items(String key) {
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            findings.error(
                    YamlText.position(node.getStartMark()),
                    key + " is " + kind(node) + " (expected: a list)");
            return List.of();
        }
        if (sequence.getValue().size() > MAX_ITEMS) {
            findings.error(
                    YamlText.position(sequence.getValue().get(MAX_ITEMS).getStartMark()),
                    key + " has more than " + MAX_ITEMS + " items");
            return List.of();
        }
        return sequence.getValue();
    }

    /// Null where the key is not there.
    @Nullable List<Scalar> texts(String key) {
        if (!has(key)) {
            return null;
        }
        List<Scalar> texts = new ArrayList<>();
        for (Node item : items(key)) {
            Scalar text = scalar(item, key);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    @Nullable Scalar scalar(Node node, String key) {
        if (node instanceof ScalarNode scalar) {
            return new Scalar(scalar, document);
        }
        findings.error(
                YamlText.position(node.getStartMark()),
                key + " is " + kind(node) + " (expected: text" + braceHint(node) + ")");
        return null;
    }

    /// Who forgets the quotes around `{request.spiffeId}` has written a mapping.
    private static String braceHint(Node node) {
        boolean flow =
                node instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.FLOW;
        return flow ? "; put a text that begins with { in quotes" : "";
    }

    private static String kind(Node node) {
        return switch (node.getNodeId()) {
            case mapping -> "a mapping";
            case sequence -> "a list";
            case scalar ->
                    node instanceof ScalarNode s && s.getValue().isEmpty() ? "empty" : "text";
            case anchor -> "an alias";
        };
    }

    private static String shortened(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "..." : text;
    }
}
