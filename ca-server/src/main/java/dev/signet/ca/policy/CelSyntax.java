package dev.signet.ca.policy;

import com.google.re2j.PatternSyntaxException;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.Operator;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelIdent;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelExprVisitor;
import dev.cel.parser.CelUnparserFactory;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What one can see of a checked expression without evaluating it.
final class CelSyntax {

    private final CelAbstractSyntaxTree ast;

    CelSyntax(CelAbstractSyntaxTree ast) {
        this.ast = ast;
    }

    /// The parts that `&&` joins, in their order.
    List<Part> conjuncts() {
        return split(ast, Operator.LOGICAL_AND);
    }

    /// The parts that the operator joins, however they are put in parentheses.
    private static List<Part> split(CelAbstractSyntaxTree whole, Operator operator) {
        List<Part> parts = new ArrayList<>();
        split(whole, whole.getExpr(), operator, parts);
        return parts;
    }

    private static void split(
            CelAbstractSyntaxTree whole, CelExpr expression, Operator operator, List<Part> parts) {
        if (isCall(expression, operator)) {
            expression.call().args().forEach(part -> split(whole, part, operator, parts));
        } else {
            parts.add(
                    new Part(
                            CelAbstractSyntaxTree.newCheckedAst(
                                    expression,
                                    whole.getSource(),
                                    whole.getReferenceMap(),
                                    whole.getTypeMap())));
        }
    }

    /// Every pattern that a `matches` is given.
    List<Regex> regexes() {
        List<Regex> regexes = new ArrayList<>();
        new CelExprVisitor() {
            @Override
            protected void visit(CelExpr expression, CelCall call) {
                if (call.function().equals("matches")) {
                    CelExpr pattern = call.args().getLast();
                    regexes.add(
                            new Regex(
                                    text(pattern),
                                    ast.getSource()
                                            .getPositionsMap()
                                            .getOrDefault(pattern.id(), 0)));
                }
                super.visit(expression, call);
            }
        }.visit(ast.getExpr());
        return regexes;
    }

    /// @param pattern null: not a literal
    record Regex(@Nullable String pattern, int offset) {

        /// A caller that could choose the pattern could choose what it costs.
        @Nullable String objection(int maxSize) {
            if (pattern == null) {
                return "The pattern of matches is not a literal";
            }
            try {
                return com.google.re2j.Pattern.compile(pattern).programSize() > maxSize
                        ? "The pattern of matches is too large"
                        : null;
            } catch (PatternSyntaxException e) {
                return "Not an RE2 pattern: " + e.getMessage();
            }
        }
    }

    /// A boolean part of the expression.
    record Part(CelAbstractSyntaxTree ast) {

        private CelExpr expression() {
            return ast.getExpr();
        }

        String text() {
            return CelUnparserFactory.newUnparser().unparse(ast);
        }

        /// The parts that `||` joins; this alone where it joins nothing.
        List<Part> alternatives() {
            return split(ast, Operator.LOGICAL_OR);
        }

        List<Part> conjuncts() {
            return split(ast, Operator.LOGICAL_AND);
        }

        boolean isTrue() {
            return expression().getKind() == Kind.CONSTANT
                    && expression().constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
                    && expression().constant().booleanValue();
        }

        /// @return null when it is something else
        Conjunct.@Nullable Equality equality() {
            if (isCall(expression(), Operator.EQUALS)) {
                CelExpr left = expression().call().args().get(0);
                CelExpr right = expression().call().args().get(1);
                Operand operand = operand(left) != null ? operand(left) : operand(right);
                String value = operand(left) != null ? CelSyntax.text(right) : CelSyntax.text(left);
                return operand == null || value == null
                        ? null
                        : new Conjunct.Equality(operand, Set.of(value));
            }
            if (isCall(expression(), Operator.IN)
                    && expression().call().args().get(1).getKind() == Kind.LIST) {
                Operand operand = operand(expression().call().args().get(0));
                Set<String> values = new HashSet<>();
                for (CelExpr element : expression().call().args().get(1).list().elements()) {
                    String value = CelSyntax.text(element);
                    if (value == null) {
                        return null;
                    }
                    values.add(value);
                }
                return operand == null || values.isEmpty()
                        ? null
                        : new Conjunct.Equality(operand, values);
            }
            return null;
        }

        /// Everything of the request that it names.
        List<Operand> operands() {
            Set<Operand> operands = new LinkedHashSet<>();
            new CelExprVisitor() {
                @Override
                public void visit(CelExpr expression) {
                    Operand operand = anyOperand(expression);
                    if (operand != null) {
                        operands.add(operand);
                    } else {
                        super.visit(expression);
                    }
                }
            }.visit(expression());
            return List.copyOf(operands);
        }

        /// Attributes without which it fails: those outside of `has`, `||`, `?:`, and loops.
        Set<String> required() {
            Set<String> required = new LinkedHashSet<>();
            new CelExprVisitor() {
                @Override
                public void visit(CelExpr expression) {
                    if (operand(expression) instanceof Operand.Attribute(String key)) {
                        required.add(key);
                    } else {
                        super.visit(expression);
                    }
                }

                @Override
                protected void visit(CelExpr expression, CelCall call) {
                    if (!isLenient(call.function())) {
                        super.visit(expression, call);
                    }
                }

                @Override
                protected void visit(CelExpr expression, CelComprehension comprehension) {
                    // Its range alone is looked at in any case.
                    visit(comprehension.iterRange());
                }
            }.visit(expression());
            return required;
        }

        private static boolean isLenient(String function) {
            return function.equals(Operator.LOGICAL_OR.getFunction())
                    || function.equals(Operator.LOGICAL_AND.getFunction())
                    || function.equals(Operator.CONDITIONAL.getFunction())
                    || function.equals(Operator.NOT_STRICTLY_FALSE.getFunction());
        }
    }

    private static @Nullable Operand anyOperand(CelExpr expression) {
        Operand operand = operand(expression);
        if (operand != null) {
            return operand;
        }
        if (expression.getKind() == Kind.SELECT && isAttributes(expression.select().operand())) {
            return new Operand.Attribute(expression.select().field()); // has(attributes.x)
        }
        if (expression.getKind() == Kind.IDENT) {
            String name = expression.ident().name();
            boolean known =
                    Variables.LISTS.contains(name)
                            || name.equals(Variables.LIFETIME)
                            || name.equals(Variables.NAME);
            return known ? new Operand.Variable(name) : null;
        }
        return null;
    }

    /// A text of the request: a variable, or an attribute by its literal key.
    private static @Nullable Operand operand(CelExpr expression) {
        return switch (expression.getKind()) {
            case IDENT -> {
                CelIdent ident = expression.ident();
                yield Variables.TEXTS.contains(ident.name())
                        ? new Operand.Variable(ident.name())
                        : null;
            }
            case SELECT -> {
                CelSelect select = expression.select();
                yield !select.testOnly() && isAttributes(select.operand())
                        ? new Operand.Attribute(select.field())
                        : null;
            }
            case CALL -> {
                CelCall call = expression.call();
                boolean isIndex =
                        isCall(expression, Operator.INDEX) && isAttributes(call.args().get(0));
                String key = isIndex ? text(call.args().get(1)) : null;
                yield key == null ? null : new Operand.Attribute(key);
            }
            case CONSTANT, LIST, MAP, STRUCT, COMPREHENSION, NOT_SET -> null;
        };
    }

    private static boolean isAttributes(CelExpr expression) {
        return expression.getKind() == Kind.IDENT
                && expression.ident().name().equals(Variables.ATTRIBUTES);
    }

    private static boolean isCall(CelExpr expression, Operator operator) {
        return expression.getKind() == Kind.CALL
                && expression.call().function().equals(operator.getFunction());
    }

    private static @Nullable String text(CelExpr expression) {
        return expression.getKind() == Kind.CONSTANT
                        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? expression.constant().stringValue()
                : null;
    }
}
