package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One rule, ready to decide. Immutable.
sealed interface CompiledRule {

    String name();

    Condition condition();

    /// Whether the rule decides, given what its condition came to. Both sides fail closed: what
    /// cannot be said does not grant, and does deny.
    boolean decidesOn(Truth truth);

    Decision decide(RequestInput input, IdentityBounds bounds, String version, Trace trace);

    record Granting(String name, Condition condition, Grant grant) implements CompiledRule {
        @Override
        public boolean decidesOn(Truth truth) {
            return truth == Truth.TRUE;
        }

        @Override
        public Decision decide(
                RequestInput input, IdentityBounds bounds, String version, Trace trace) {
            return grant.decide(input, bounds, version, name, trace);
        }
    }

    record Denying(String name, Condition condition, String reason) implements CompiledRule {
        @Override
        public boolean decidesOn(Truth truth) {
            return truth != Truth.FALSE;
        }

        @Override
        public Decision decide(
                RequestInput input, IdentityBounds bounds, String version, Trace trace) {
            trace.step("deny", () -> reason);
            return new Decision.Denied(
                    Refusals.denied("rule " + name + " of policy " + version + ": " + reason));
        }
    }

    /// What an operator is told of the rule. Each part may cost what a decision may.
    default Explanation.RuleVerdict verdict(RequestInput input) {
        List<Explanation.ConjunctVerdict> parts = new ArrayList<>();
        Truth truth = Truth.TRUE;
        for (Conjunct conjunct : condition().conjuncts()) {
            Interruption.check();
            Truth part = conjunct.test(input.explained());
            truth = truth.and(part);
            parts.add(verdict(conjunct, part, input.explained()));
        }
        Explanation.Verdict verdict =
                !decidesOn(truth)
                        ? Explanation.Verdict.NOT_FOR_THIS
                        : truth == Truth.FAILED
                                ? Explanation.Verdict.DECIDED_TO_BE_SAFE
                                : Explanation.Verdict.DECIDED;
        return new Explanation.RuleVerdict(name(), verdict, parts);
    }

    private static Explanation.ConjunctVerdict verdict(
            Conjunct conjunct, Truth truth, RequestInput input) {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (Operand operand : conjunct.operands()) {
            values.put(operand.text(), operand.read(input));
        }
        return new Explanation.ConjunctVerdict(
                conjunct.text(),
                switch (truth) {
                    case TRUE -> Explanation.Outcome.TRUE;
                    case FALSE -> Explanation.Outcome.FALSE;
                    case FAILED -> Explanation.Outcome.FAILED;
                },
                Collections.unmodifiableMap(values),
                truth == Truth.FAILED ? conjunct.failure(input) : null);
    }
}
