package dev.signet.ca.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the conditions that most rules have, `evidence.kind == "oidc" && attributes["a"] == "b"`,
/// without CEL: making its environment costs a start a good part of a second. What it does not know
/// to the letter is left to CEL, which a test compares it with.
final class SimpleCondition {

    // No escapes and nothing beyond ASCII in texts: there both could differ.
    private static final String TEXT = "\"([ !#-\\[\\]-~]*+)\"";
    private static final Pattern COMPARISON =
            Pattern.compile(
                    "\\s*+(?:(evidence|request)\\.(\\w++)|attributes\\["
                            + TEXT
                            + "])\\s*+==\\s*+"
                            + TEXT
                            + "\\s*+");

    private SimpleCondition() {}

    static Optional<Condition> read(String text) {
        List<Conjunct> conjuncts = new ArrayList<>();
        Matcher comparison = COMPARISON.matcher(text);
        int from = 0;
        while (true) {
            comparison.region(from, text.length());
            if (!comparison.lookingAt()) {
                return Optional.empty();
            }
            String variable = comparison.group(1) + "." + comparison.group(2);
            boolean isAttribute = comparison.group(1) == null;
            if (!isAttribute && !Variables.TEXTS.contains(variable)) {
                return Optional.empty();
            }
            conjuncts.add(
                    new Conjunct.Equality(
                            isAttribute
                                    ? new Operand.Attribute(comparison.group(3))
                                    : new Operand.Variable(variable),
                            Set.of(comparison.group(4))));
            if (comparison.end() == text.length()) {
                return Optional.of(new Condition(conjuncts));
            }
            if (!text.startsWith("&&", comparison.end())) {
                return Optional.empty();
            }
            from = comparison.end() + 2;
        }
    }
}
