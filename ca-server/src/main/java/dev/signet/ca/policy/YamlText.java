package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

import java.util.Optional;

/// The YAML of a policy document: one document, no tags, no anchors and no aliases, bounded in size
/// and depth. Makes nodes, never objects.
final class YamlText {

    private static final int MAX_DEPTH = 20;

    private YamlText() {}

    static Optional<Node> read(String text, DocumentText document, Findings findings) {
        try {
            if (!isPlainYaml(text, findings)) {
                return Optional.empty();
            }
            Node root = new Composer(parser(text), new Resolver(), options(text)).getSingleNode();
            if (root == null) {
                findings.error(
                        Position.START, "The document is empty (expected: apiVersion and rules)");
            }
            return Optional.ofNullable(root);
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
            findings.error(position(mark), "Not YAML: " + problem(e));
        } catch (ReaderException e) {
            findings.error(
                    document.position(Math.min(e.getPosition(), document.length())),
                    "A character that YAML does not allow: U+"
                            + String.format("%04X", e.getCodePoint()));
        } catch (YAMLException e) {
            findings.error(Position.START, "Not YAML within bounds: nested more than 20 deep");
        }
        return Optional.empty();
    }

    /// Tags could ask for other types, aliases could make a small text a large tree.
    private static boolean isPlainYaml(String text, Findings findings) {
        ParserImpl parser = parser(text);
        boolean plain = true;
        int depth = 0;
        while (parser.peekEvent() != null) {
            Event event = parser.getEvent();
            if (event instanceof AliasEvent
                    || (event instanceof NodeEvent node && node.getAnchor() != null)) {
                findings.error(
                        position(event.getStartMark()),
                        "Anchors and aliases are not read here; write the value out");
                plain = false;
            } else if (tag(event) != null) {
                findings.error(
                        position(event.getStartMark()),
                        "Tags (!...) are not read here; leave it out");
                plain = false;
            }
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                findings.error(position(event.getStartMark()), "Nested more than 20 deep");
                return false;
            }
        }
        return plain;
    }

    private static @Nullable String tag(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent collection ? collection.getTag() : null;
    }

    private static String problem(MarkedYAMLException e) {
        String problem = e.getProblem() != null ? e.getProblem() : "it ends too soon";
        return e.getContext() != null ? e.getContext() + ", " + problem : problem;
    }

    private static ParserImpl parser(String text) {
        return new ParserImpl(new StreamReader(text), options(text));
    }

    private static LoaderOptions options(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(text.length() + 1);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(0);
        return options;
    }

    static Position position(@Nullable Mark mark) {
        return mark == null
                ? Position.START
                : new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
