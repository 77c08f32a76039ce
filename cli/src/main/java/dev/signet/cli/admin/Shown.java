package dev.signet.cli.admin;

import tools.jackson.databind.JsonNode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Members of an answer as people read them. What is not there is an empty text: a server may say
/// less, or more, than this command knows of.
final class Shown {

    private Shown() {}

    /// The first of these members that is there.
    static String text(JsonNode node, String... names) {
        for (String name : names) {
            JsonNode member = node.path(name);
            if (member.isValueNode() && !member.isNull()) {
                return member.asString();
            }
        }
        return "";
    }

    /// To the second.
    static String time(JsonNode node, String name) {
        String text = text(node, name);
        try {
            return text.isEmpty() ? "" : Instant.parse(text).truncatedTo(ChronoUnit.SECONDS) + "";
        } catch (DateTimeException e) {
            return text;
        }
    }

    /// `oidc:alice@example.org` of an actor, whatever shape it has.
    static String actor(JsonNode node, String name) {
        JsonNode actor = node.path(name);
        return actor.isObject()
                ? text(actor, "kind") + ":" + text(actor, "subject")
                : text(node, name);
    }

    /// Everything in a list or mapping, on one line.
    static String joined(JsonNode node) {
        if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(item.isValueNode() ? item.asString() : item.toString()));
            return String.join(", ", items);
        }
        if (node.isObject()) {
            return node.properties().stream()
                    .map(member ->
                            member.getKey()
                                    + "="
                                    + (member.getValue().isValueNode()
                                            ? member.getValue().asString()
                                            : joined(member.getValue())))
                    .collect(Collectors.joining(", "));
        }
        return node.isMissingNode() || node.isNull() ? "" : node.asString();
    }
}
