package dev.signet.cli.admin;

import dev.signet.cli.output.Style;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/// An explanation as people read it:
///
/// ```text
/// granted spiffe://signet.local/ns/shop/sa/orders
///   by rule orders of policy 4
///
/// ✗ admins      evidence.kind == "oidc" is false (evidence.kind = kubernetes)
/// ✓ orders      decided
///
///   lifetime  1h, the rule's default
/// ```
final class ExplanationText {

    private final JsonNode explanation;
    private final Style style;

    ExplanationText(JsonNode explanation, Style style) {
        this.explanation = explanation;
        this.style = style;
    }

    boolean grants() {
        return explanation.path("decision").path("granted").asBoolean(false);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        JsonNode decision = explanation.path("decision");
        if (grants()) {
            lines.add(
                    style.green("granted")
                            + "  "
                            + style.bold(safe(Shown.text(decision, "spiffeId"))));
        } else {
            lines.add(
                    style.red("denied")
                            + "  "
                            + safe(Shown.text(decision, "message"))
                            + " ("
                            + safe(Shown.text(decision, "code"))
                            + ")");
        }
        String rule = Shown.text(explanation, "rule");
        lines.add(
                "  "
                        + style.dim(
                                (rule.isEmpty() ? "no rule was for it" : "by rule " + safe(rule))
                                        + ", policy "
                                        + safe(Shown.text(explanation, "policyVersion"))));
        lines.add("");
        rules(lines);
        steps(lines);
        return lines;
    }

    private void rules(List<String> lines) {
        JsonNode rules = explanation.path("rules");
        int width = 0;
        for (JsonNode rule : rules) {
            width = Math.max(width, Shown.text(rule, "rule").length());
        }
        for (JsonNode rule : rules) {
            String name = Shown.text(rule, "rule");
            boolean decided = verdict(rule).startsWith("decided");
            String head =
                    (decided ? style.green("✓") : style.dim("✗"))
                            + " "
                            + safe(name)
                            + " ".repeat(width - name.length())
                            + "  ";
            List<String> why = why(rule, decided);
            lines.add(head + why.getFirst());
            String indent = " ".repeat(width + 4);
            why.stream().skip(1).forEach(more -> lines.add(indent + more));
        }
    }

    /// What each part of the condition came to; of a rule that did not decide, only those that kept
    /// it from it.
    private List<String> why(JsonNode rule, boolean decided) {
        List<String> why = new ArrayList<>();
        if (decided) {
            why.add(
                    verdict(rule).endsWith("to-be-safe")
                            ? style.yellow("decided to be safe: its condition could not be said")
                            : "decided");
        }
        for (JsonNode part : rule.path("conjuncts")) {
            String outcome = Shown.text(part, "outcome");
            if (!outcome.equals("true") || decided) {
                String values = Shown.joined(part.path("values"));
                String failure = Shown.text(part, "failure");
                why.add(
                        safe(Shown.text(part, "text"))
                                + (outcome.equals("failed")
                                        ? " cannot be said"
                                        : " is " + safe(outcome))
                                + (failure.isEmpty() ? "" : ": " + safe(failure))
                                + (values.isEmpty() ? "" : style.dim("  (" + safe(values) + ")")));
            }
        }
        if (why.isEmpty()) {
            why.add("not for this");
        }
        return why;
    }

    private void steps(List<String> lines) {
        JsonNode steps = explanation.path("steps");
        if (!steps.isEmpty()) {
            lines.add("");
            for (JsonNode step : steps) {
                String part = Shown.text(step, "part");
                lines.add(
                        "  "
                                + style.dim(
                                        safe(part) + " ".repeat(Math.max(0, 10 - part.length())))
                                + "  "
                                + safe(Shown.text(step, "text")));
            }
        }
    }

    private static String verdict(JsonNode rule) {
        return Shown.text(rule, "verdict");
    }

    private static String safe(String text) {
        return Style.printable(text);
    }
}
