package dev.signet.ca.policy;

import java.util.List;

/// When a rule is for a request: all of the parts hold. Immutable.
///
/// @param conjuncts empty: always
record Condition(List<Conjunct> conjuncts) {

    static final Condition ALWAYS = new Condition(List.of());

    Condition {
        conjuncts = List.copyOf(conjuncts);
    }

    Truth test(RequestInput input) {
        Truth truth = Truth.TRUE;
        for (int i = 0; i < conjuncts.size() && truth != Truth.FALSE; i++) {
            truth = truth.and(conjuncts.get(i).test(input));
        }
        return truth;
    }

    /// At most, in steps of [Meter].
    long worstCost() {
        return conjuncts.stream().mapToLong(Conjunct::worstCost).sum();
    }

    /// Whether this holds wherever the other one does, as far as one sees it by reading.
    boolean isImpliedBy(Condition other) {
        return conjuncts.stream()
                .allMatch(mine -> other.conjuncts.stream().anyMatch(mine::isImpliedBy));
    }
}
