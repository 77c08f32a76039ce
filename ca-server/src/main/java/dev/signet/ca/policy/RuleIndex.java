package dev.signet.ca.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the rules that can be for a request by the equalities in their conditions, without looking
/// at each rule: for every operand that rules compare with literals, and every literal, the set of
/// rules that the value does not rule out. Leaves out only rules that [CompiledRule#decidesOn]
/// would refuse. Immutable.
final class RuleIndex {

    private final int words;
    private final long[] all;
    private final List<ByOperand> operands;

    /// The rules that one operand's value leaves.
    private static final class ByOperand {
        private final Operand operand;
        private final Map<String, long[]> byValue;

        /// Where no rule names the value.
        private final long[] otherwise;

        /// Where there is no value: rules that do not ask for it, and those that deny.
        private final long[] absent;

        ByOperand(Operand operand, Map<String, long[]> byValue, long[] otherwise, long[] absent) {
            this.operand = operand;
            this.byValue = byValue;
            this.otherwise = otherwise;
            this.absent = absent;
        }

        long[] left(RequestInput input) {
            String value = operand.read(input);
            return value == null ? absent : byValue.getOrDefault(value, otherwise);
        }
    }

    RuleIndex(List<CompiledRule> rules) {
        words = (rules.size() + 63) >> 6;
        all = new long[words];
        for (int i = 0; i < rules.size(); i++) {
            set(all, i);
        }
        Map<Operand, List<Asked>> asked = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            for (Conjunct conjunct : rules.get(i).condition().conjuncts()) {
                if (conjunct instanceof Conjunct.Equality equality) {
                    asked.computeIfAbsent(equality.operand(), _ -> new ArrayList<>())
                            .add(new Asked(i, equality));
                }
            }
        }
        operands = new ArrayList<>();
        asked.forEach((operand, by) -> operands.add(byOperand(operand, by, rules)));
    }

    private record Asked(int rule, Conjunct.Equality equality) {}

    private ByOperand byOperand(Operand operand, List<Asked> asked, List<CompiledRule> rules) {
        long[] otherwise = all.clone();
        asked.forEach(one -> clear(otherwise, one.rule()));
        Map<String, long[]> byValue = new HashMap<>();
        for (Asked one : asked) {
            for (String value : one.equality().values()) {
                byValue.computeIfAbsent(value, _ -> otherwise.clone());
            }
        }
        // A rule may ask for the same operand more than once: every time has to fit.
        byValue.forEach((value, set) -> {
            asked.forEach(one -> set(set, one.rule()));
            asked.stream()
                    .filter(one -> !one.equality().values().contains(value))
                    .forEach(one -> clear(set, one.rule()));
        });
        long[] absent = otherwise.clone();
        asked.stream()
                .filter(one -> rules.get(one.rule()).decidesOn(Truth.FAILED))
                .forEach(one -> set(absent, one.rule()));
        return new ByOperand(operand, Map.copyOf(byValue), otherwise, absent);
    }

    /// @return one bit for each rule, the first the lowest of the first word
    long[] candidates(RequestInput input) {
        long[] candidates = all.clone();
        for (ByOperand one : operands) {
            long[] left = one.left(input);
            for (int i = 0; i < words; i++) {
                candidates[i] &= left[i];
            }
        }
        return candidates;
    }

    private static void set(long[] bits, int index) {
        bits[index >> 6] |= 1L << index;
    }

    private static void clear(long[] bits, int index) {
        bits[index >> 6] &= ~(1L << index);
    }
}
