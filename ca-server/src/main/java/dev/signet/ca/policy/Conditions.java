package dev.signet.ca.policy;

import dev.signet.ca.identity.EvidenceKind;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes conditions of text: the simple ones itself, the others by CEL, whose environment is made
/// when it is first needed. Says which can never be true. Thread-safe.
final class Conditions {

    private static final List<String> KINDS =
            Arrays.stream(EvidenceKind.values()).map(EvidenceKind::text).toList();

    private @Nullable CelConditions cel;

    /// @return null when the text is not a condition, which is said
    @Nullable Condition compile(Scalar text, CelConditions.Scope scope, Findings findings) {
        if (text.value().length() > CelConditions.MAX_LENGTH) {
            findings.error(
                    text.at(),
                    "The condition is longer than " + CelConditions.MAX_LENGTH + " characters");
            return null;
        }
        if (text.value().isBlank()) {
            findings.error(text.at(), "The condition is empty; leave it out, or write true");
            return null;
        }
        Optional<Condition> simple = SimpleCondition.read(text.value());
        Condition condition =
                simple.isPresent() ? simple.get() : cel().compile(text, scope, findings);
        if (condition != null) {
            check(condition, text, findings);
        }
        return condition;
    }

    private synchronized CelConditions cel() {
        if (cel == null) {
            cel = new CelConditions();
        }
        return cel;
    }

    private static void check(Condition condition, Scalar text, Findings findings) {
        Map<Operand, Set<String>> possible = new HashMap<>();
        for (Conjunct conjunct : condition.conjuncts()) {
            conjunct.required().forEach(key -> findings.needsAttribute(key, () -> at(text, key)));
            if (conjunct.text().equals("false")) {
                findings.error(text.at(), "The condition is never true: a part of it is false");
            }
            if (conjunct instanceof Conjunct.Equality(Operand operand, Set<String> values)) {
                if (operand.text().equals(Variables.KIND)) {
                    checkKinds(values, text, findings);
                }
                Set<String> left = possible.computeIfAbsent(operand, _ -> new HashSet<>(values));
                left.retainAll(values);
                if (left.isEmpty()) {
                    findings.error(
                            text.at(),
                            "The condition is never true: "
                                    + operand.text()
                                    + " cannot have two values");
                }
            }
        }
    }

    /// Where the part of it is written.
    private static Position at(Scalar text, String part) {
        int at = Math.max(0, text.value().indexOf(part));
        return text.at(text.value().codePointCount(0, at));
    }

    private static void checkKinds(Set<String> values, Scalar text, Findings findings) {
        for (String value : values) {
            if (!KINDS.contains(value)) {
                findings.error(
                        at(text, value),
                        "There is no kind of evidence "
                                + Texts.quoted(value)
                                + NearestName.hint(value, KINDS));
            } else if (value.equals(EvidenceKind.SERVER.text())) {
                findings.warning(
                        text.at(),
                        "No rule of a document is asked about evidence of kind server: a built-in"
                                + " rule decides");
            }
        }
    }
}
