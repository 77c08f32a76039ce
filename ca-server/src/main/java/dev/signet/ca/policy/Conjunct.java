package dev.signet.ca.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// One of the parts that `&&` joins in a condition. Immutable.
sealed interface Conjunct {

    /// In one normal form: two that read alike mean the same.
    String text();

    /// Never throws: what goes wrong is [Truth#FAILED].
    Truth test(RequestInput input);

    /// What it looks at.
    List<Operand> operands();

    /// Why [#test] is FAILED.
    String failure(RequestInput input);

    /// At most, in steps of [Meter].
    long worstCost();

    /// Keys of the attributes without which it is FAILED.
    Set<String> required();

    /// Whether this holds wherever the other one does, as far as one sees it by reading.
    default boolean isImpliedBy(Conjunct other) {
        return text().equals(other.text());
    }

    /// `operand == "value"` or `operand in ["value", ...]`; most conditions are made of these. Told
    /// apart from the rest because rules can be found by them.
    record Equality(Operand operand, Set<String> values) implements Conjunct {
        public Equality {
            values = Set.copyOf(values);
        }

        @Override
        public String text() {
            Collection<String> quoted =
                    values.stream()
                            .map(Texts::quoted)
                            .collect(Collectors.toCollection(TreeSet::new));
            return quoted.size() == 1
                    ? operand.text() + " == " + quoted.iterator().next()
                    : operand.text() + " in [" + String.join(", ", quoted) + "]";
        }

        @Override
        public Truth test(RequestInput input) {
            String value = operand.read(input);
            return value == null ? Truth.FAILED : Truth.of(values.contains(value));
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public String failure(RequestInput input) {
            return "the evidence has no " + operand.text();
        }

        @Override
        public long worstCost() {
            return 1;
        }

        @Override
        public Set<String> required() {
            return operand instanceof Operand.Attribute(String key) ? Set.of(key) : Set.of();
        }

        @Override
        public boolean isImpliedBy(Conjunct other) {
            return other instanceof Equality(Operand theirs, Set<String> fewer)
                    && operand.equals(theirs)
                    && values.containsAll(fewer);
        }
    }

    /// What `||` joins. As in CEL, one true part decides, whatever became of the others.
    record AnyOf(String text, List<Condition> alternatives, List<Operand> operands)
            implements Conjunct {
        public AnyOf {
            alternatives = List.copyOf(alternatives);
            operands = List.copyOf(operands);
        }

        @Override
        public Truth test(RequestInput input) {
            Truth truth = Truth.FALSE;
            for (int i = 0; i < alternatives.size() && truth != Truth.TRUE; i++) {
                truth = truth.or(alternatives.get(i).test(input));
            }
            return truth;
        }

        @Override
        public Set<String> required() {
            return Set.of();
        }

        @Override
        public long worstCost() {
            return alternatives.stream().mapToLong(Condition::worstCost).sum();
        }

        @Override
        public String failure(RequestInput input) {
            return alternatives.stream()
                    .flatMap(alternative -> alternative.conjuncts().stream())
                    .filter(part -> part.test(input) == Truth.FAILED)
                    .map(part -> part.failure(input))
                    .findFirst()
                    .orElse("it came to neither true nor false");
        }
    }

    /// Anything else.
    ///
    /// @param required attributes without which it cannot be said
    record Cel(
            String text,
            CelRuntime.Program program,
            CelCost cost,
            List<Operand> operands,
            Set<String> required)
            implements Conjunct {
        public Cel {
            operands = List.copyOf(operands);
            required = Set.copyOf(required);
        }

        @Override
        public Truth test(RequestInput input) {
            if (missing(input) != null) {
                return Truth.FAILED; // what CEL would say, without the cost of its exception
            }
            try {
                return evaluate(input) instanceof Boolean value ? Truth.of(value) : Truth.FAILED;
            } catch (CelEvaluationException | RuntimeException _) {
                return Truth.FAILED;
            }
        }

        @Override
        public String failure(RequestInput input) {
            String missing = missing(input);
            if (missing != null) {
                return "the evidence has no " + new Operand.Attribute(missing).text();
            }
            try {
                evaluate(input);
                return "it came to neither true nor false";
            } catch (CelEvaluationException | RuntimeException e) {
                return String.valueOf(e.getMessage());
            }
        }

        private @Nullable Object evaluate(RequestInput input) throws CelEvaluationException {
            Meter meter = input.meter();
            if (!meter.take(cost.nodes())) {
                throw CelCost.OutOfSteps.INSTANCE;
            }
            return cost.needsCounting()
                    ? program.trace(input, cost.new Counting(meter))
                    : program.eval(input);
        }

        @Override
        public long worstCost() {
            return cost.worst();
        }

        private @Nullable String missing(RequestInput input) {
            for (String key : required) {
                if (!input.attributes().containsKey(key)) {
                    return key;
                }
            }
            return null;
        }
    }
}
