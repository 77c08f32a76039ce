package dev.signet.ca.policy;

import com.google.re2j.PatternSyntaxException;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a part of a condition may cost, in the steps of [Meter]: at most, from the bounds of what
/// it reads, and exactly, while it runs. Immutable once made.
///
/// Each node costs one step and half a step for each character of its value, which pays for whoever
/// reads that value once. Where a function reads it once for each element of a pattern or of
/// another text (`matches`, `contains`, `indexOf`, `lastIndexOf`), the node costs that product: it
/// is paid before the function runs.
final class CelCost {

    private static final int MAX_LOOP_STEPS = CelConditions.MAX_LOOP_STEPS;
    private static final long MAX = Long.MAX_VALUE / 1_000_000;

    /// Of a value that is no text.
    private static final Size PLAIN = new Size(1, 0);

    /// @param elements of a list; 1 for a text
    /// @param each characters of an element
    private record Size(long elements, long each) {
        long steps() {
            return bounded(elements * (1 + each / 2));
        }
    }

    private static final Map<String, Size> VARIABLES = variables();

    /// By node: how often its value's characters are read.
    private final Map<Long, Long> readings = new HashMap<>();

    /// By node: the same, where another node's value says how often.
    private final Map<Long, Long> readingsBy = new HashMap<>();

    private final Set<Long> haystacks = new HashSet<>();
    private final Map<String, Size> loopVariables = new HashMap<>();
    private long worst;
    private int nodes;
    private boolean loops;

    private CelCost() {}

    static CelCost of(CelExpr expression) {
        CelCost cost = new CelCost();
        cost.size(expression, 1);
        return cost;
    }

    /// At most, whatever the request.
    long worst() {
        return worst;
    }

    /// What it costs where nobody counts.
    int nodes() {
        return nodes;
    }

    /// Whether what it costs depends on the request so much that it has to be counted.
    boolean needsCounting() {
        return loops || !readings.isEmpty() || !readingsBy.isEmpty();
    }

    /// Counts one evaluation. Throws [OutOfSteps], which CEL takes for the node's failure.
    final class Counting implements dev.cel.runtime.CelEvaluationListener {
        private final Meter meter;
        private final Map<Long, Long> lengths = new HashMap<>();

        Counting(Meter meter) {
            this.meter = meter;
        }

        @Override
        public void callback(CelExpr expression, Object value) {
            long steps = Counted.steps(value);
            Long times = readings.get(expression.id());
            if (times != null) {
                steps += bounded(Counted.length(value) * times);
            }
            if (haystacks.contains(expression.id())) {
                lengths.put(expression.id(), Counted.length(value));
            }
            Long by = readingsBy.get(expression.id());
            if (by != null) {
                steps += bounded(Counted.length(value) * lengths.getOrDefault(by, 0L));
            }
            if (!meter.take(steps)) {
                throw OutOfSteps.INSTANCE;
            }
        }
    }

    /// Ends an evaluation; what became of it, the meter says.
    static final class OutOfSteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("StaticAssignmentOfThrowable") // it has no trace that could be wrong
        static final OutOfSteps INSTANCE = new OutOfSteps();

        private OutOfSteps() {
            super("it costs more than " + Meter.MAX_STEPS + " steps", null, false, false);
        }
    }

    /// What a value that is there costs.
    private static final class Counted {
        static long steps(@Nullable Object value) {
            if (value instanceof Collection<?> several) {
                long steps = 1;
                for (Object one : several) {
                    steps += 1 + length(one) / 2;
                }
                return steps;
            }
            return 1 + length(value) / 2;
        }

        static long length(@Nullable Object value) {
            return value instanceof CharSequence text ? text.length() : 0;
        }
    }

    // At most.

    private Size size(CelExpr expression, long times) {
        Size size =
                switch (expression.getKind()) {
                    case CONSTANT -> new Size(1, text(expression).length());
                    case IDENT -> variable(expression.ident().name());
                    case SELECT -> {
                        size(expression.select().operand(), times);
                        yield new Size(1, TextBounds.ATTRIBUTE);
                    }
                    case CALL -> call(expression.call(), times);
                    case LIST -> {
                        List<Size> elements =
                                expression.list().elements().stream()
                                        .map(element -> size(element, times))
                                        .toList();
                        yield new Size(
                                elements.size(),
                                elements.stream().mapToLong(Size::each).max().orElse(0));
                    }
                    case COMPREHENSION -> comprehension(expression.comprehension(), times);
                    case MAP -> {
                        expression
                                .map()
                                .entries()
                                .forEach(entry -> {
                                    size(entry.key(), times);
                                    size(entry.value(), times);
                                });
                        yield new Size(expression.map().entries().size(), TextBounds.ATTRIBUTE);
                    }
                    case STRUCT, NOT_SET -> PLAIN;
                };
        nodes++;
        worst = bounded(worst + bounded(size.steps() * times));
        return size;
    }

    private Size variable(String name) {
        Size loop = loopVariables.get(name);
        return loop != null ? loop : VARIABLES.getOrDefault(name, PLAIN);
    }

    private Size call(CelCall call, long times) {
        List<CelExpr> arguments = new ArrayList<>(call.args());
        call.target().ifPresent(arguments::addFirst);
        List<Size> sizes = arguments.stream().map(argument -> size(argument, times)).toList();
        return switch (call.function()) {
            case "matches" -> {
                long size = programSize(text(arguments.get(1)));
                readings.put(arguments.get(0).id(), size);
                worst = bounded(worst + bounded(bounded(sizes.get(0).each() * size) * times));
                yield PLAIN;
            }
            case "contains", "indexOf", "lastIndexOf" -> {
                CelExpr part = arguments.get(1);
                if (part.getKind() == Kind.CONSTANT) {
                    readings.put(arguments.get(0).id(), (long) text(part).length());
                } else {
                    readingsBy.put(part.id(), arguments.get(0).id());
                    haystacks.add(arguments.get(0).id());
                }
                worst =
                        bounded(
                                worst
                                        + bounded(
                                                bounded(sizes.get(0).each() * sizes.get(1).each())
                                                        * times));
                yield PLAIN;
            }
            case "split" -> new Size(sizes.get(0).each() + 1, 1);
            case "_+_" -> sum(sizes.get(0), sizes.get(1));
            case "_?_:_" -> larger(sizes.get(1), sizes.get(2));
            case "_[_]" ->
                    new Size(
                            1,
                            isAttributes(arguments.get(0))
                                    ? TextBounds.ATTRIBUTE
                                    : sizes.get(0).each());
            case "lowerAscii", "upperAscii", "trim", "substring", "charAt", "string", "dyn" ->
                    sizes.get(0);
            default -> PLAIN;
        };
    }

    private Size comprehension(CelComprehension loop, long times) {
        loops = true;
        Size range = size(loop.iterRange(), times);
        // All loops of one evaluation together.
        long steps = Math.min(bounded(times * range.elements()), MAX_LOOP_STEPS);
        Size element = new Size(1, range.each());
        @Nullable Size hidden = loopVariables.put(loop.iterVar(), element);
        if (!loop.iterVar2().isEmpty()) {
            loopVariables.put(loop.iterVar2(), element);
        }
        size(loop.accuInit(), times);
        // Of `filter` a list, of the others a truth value or a number.
        @Nullable Size hiddenSum =
                loopVariables.put(
                        loop.accuVar(), loop.accuInit().getKind() == Kind.LIST ? range : PLAIN);
        size(loop.loopCondition(), steps);
        size(loop.loopStep(), steps);
        Size result = size(loop.result(), times);
        restore(loop.accuVar(), hiddenSum);
        restore(loop.iterVar(), hidden);
        return result;
    }

    private void restore(String variable, @Nullable Size before) {
        if (before == null) {
            loopVariables.remove(variable);
        } else {
            loopVariables.put(variable, before);
        }
    }

    private static Size sum(Size one, Size other) {
        return one.elements() == 1 && other.elements() == 1
                ? new Size(1, bounded(one.each() + other.each()))
                : new Size(
                        bounded(one.elements() + other.elements()),
                        Math.max(one.each(), other.each()));
    }

    private static Size larger(Size one, Size other) {
        return new Size(
                Math.max(one.elements(), other.elements()), Math.max(one.each(), other.each()));
    }

    private static boolean isAttributes(CelExpr expression) {
        return expression.getKind() == Kind.IDENT
                && expression.ident().name().equals(Variables.ATTRIBUTES);
    }

    private static long programSize(String pattern) {
        try {
            return com.google.re2j.Pattern.compile(pattern).programSize();
        } catch (PatternSyntaxException _) {
            return 1; // refused for that
        }
    }

    private static String text(CelExpr expression) {
        return expression.getKind() == Kind.CONSTANT
                        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? expression.constant().stringValue()
                : "";
    }

    private static long bounded(long steps) {
        return Math.min(steps, MAX);
    }

    private static Map<String, Size> variables() {
        Map<String, Size> sizes = new HashMap<>();
        sizes.put(Variables.KIND, new Size(1, TextBounds.SHORT));
        sizes.put(Variables.SUBJECT, new Size(1, TextBounds.EVIDENCE_SUBJECT));
        sizes.put(Variables.BOUND, new Size(1, TextBounds.SPIFFE_ID));
        sizes.put(Variables.REQUESTED_ID, new Size(1, TextBounds.SPIFFE_ID));
        sizes.put(Variables.REQUESTED_PROFILE, new Size(1, TextBounds.SHORT));
        sizes.put(Variables.REQUESTED_SUBJECT, new Size(1, TextBounds.DISTINGUISHED_NAME));
        sizes.put(Variables.REQUESTED_COMMON_NAME, new Size(1, TextBounds.DISTINGUISHED_NAME));
        sizes.put(Variables.NAME, new Size(1, TextBounds.NAME));
        // A loop over them sees the keys.
        sizes.put(Variables.ATTRIBUTES, new Size(TextBounds.ATTRIBUTES, TextBounds.SHORT));
        Size names = new Size(TextBounds.NAMES, TextBounds.NAME);
        for (String list : Variables.LISTS) {
            sizes.put(list, names);
        }
        sizes.put(Variables.DNS_NAMES, new Size(TextBounds.NAMES, TextBounds.DNS_NAME));
        return Map.copyOf(sizes);
    }
}
