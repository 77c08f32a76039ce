package dev.signet.ca.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The CEL of policy documents: which names there are, of which types, which functions, and how
/// much an expression may cost. Makes conditions. Thread-safe.
///
/// What a condition can cost is bounded by what is left out (without `map`, `replace` and `join` no
/// expression makes a text or list much larger than those that it is given, and all loops of one
/// evaluation together take at most 1,000 steps), and by [CelCost]: a condition that alone could
/// use up what a decision may cost is refused, and what runs is counted.
final class CelConditions {

    /// Where a condition stands.
    enum Scope {
        RULE,
        /// May ask for `name`.
        NAME
    }

    static final int MAX_LENGTH = 4_000;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 2_000;
    static final int MAX_LOOP_STEPS = 1_000;
    private static final int MAX_REGEX_SIZE = 1_000;

    private static final Pattern UNDECLARED =
            Pattern.compile("undeclared reference to '(.*)' \\(in container ''\\)");
    private static final Pattern DOTTED = Pattern.compile("[A-Za-z_][A-Za-z_0-9.]*");

    private final CelCompiler forRules;
    private final CelCompiler forNames;
    private final CelRuntime runtime;

    CelConditions() {
        CelOptions options =
                CelOptions.current()
                        .enableHeterogeneousNumericComparisons(true)
                        .populateMacroCalls(true)
                        .maxExpressionCodePointSize(MAX_LENGTH)
                        .maxParseExpressionNodeCount(MAX_NODES)
                        .maxParseRecursionDepth(MAX_DEPTH)
                        .comprehensionMaxIterations(MAX_LOOP_STEPS)
                        .maxRegexProgramSize(MAX_REGEX_SIZE)
                        .build();
        CelStringExtensions strings =
                CelExtensions.strings(
                        Function.CHAR_AT,
                        Function.INDEX_OF,
                        Function.LAST_INDEX_OF,
                        Function.LOWER_ASCII,
                        Function.SPLIT,
                        Function.SUBSTRING,
                        Function.TRIM,
                        Function.UPPER_ASCII);
        forRules = compiler(options, strings).build();
        forNames = compiler(options, strings).addVar(Variables.NAME, SimpleType.STRING).build();
        runtime =
                CelRuntimeFactory.plannerRuntimeBuilder()
                        .setOptions(options)
                        .addLibraries(strings)
                        .build();
    }

    private static CelCompilerBuilder compiler(CelOptions options, CelStringExtensions strings) {
        CelCompilerBuilder builder =
                CelCompilerFactory.standardCelCompilerBuilder()
                        .setOptions(options)
                        .setStandardMacros(
                                CelStandardMacro.HAS,
                                CelStandardMacro.ALL,
                                CelStandardMacro.EXISTS,
                                CelStandardMacro.EXISTS_ONE,
                                CelStandardMacro.FILTER)
                        .addLibraries(strings)
                        .addVar(
                                Variables.ATTRIBUTES,
                                MapType.create(SimpleType.STRING, SimpleType.STRING))
                        .addVar(Variables.LIFETIME, SimpleType.INT)
                        .addVar(Variables.REQUESTED_AUTHORITY, SimpleType.BOOL)
                        .setResultType(SimpleType.BOOL);
        Variables.TEXTS.forEach(name -> builder.addVar(name, SimpleType.STRING));
        Variables.LISTS.forEach(name -> builder.addVar(name, ListType.create(SimpleType.STRING)));
        return builder;
    }

    /// @return null when the text is not a condition, which is said
    @Nullable Condition compile(Scalar text, Scope scope, Findings findings) {
        CelCompiler compiler = scope == Scope.NAME ? forNames : forRules;
        CelValidationResult result = compiler.compile(text.value());
        if (result.hasError()) {
            result.getErrors().forEach(issue -> report(issue, result, text, scope, findings));
            return null;
        }
        try {
            return condition(result.getAst(), text, scope, findings);
        } catch (CelValidationException | CelEvaluationException e) {
            findings.error(text.at(), "The condition cannot be used: " + e.getMessage());
            return null;
        }
    }

    private @Nullable Condition condition(
            CelAbstractSyntaxTree ast, Scalar text, Scope scope, Findings findings)
            throws CelEvaluationException {
        CelSyntax syntax = new CelSyntax(ast);
        boolean sound = true;
        for (CelSyntax.Regex regex : syntax.regexes()) {
            String objection = regex.objection(MAX_REGEX_SIZE);
            if (objection != null) {
                findings.error(text.at(regex.offset()), objection);
                sound = false;
            }
        }
        if (!sound) {
            return null;
        }
        Condition condition = condition(syntax.conjuncts());
        checkCost(condition, text, scope, findings);
        return condition;
    }

    private static void checkCost(
            Condition condition, Scalar text, Scope scope, Findings findings) {
        long worst = condition.worstCost();
        long each =
                switch (scope) {
                    case RULE -> worst;
                    case NAME -> worst * TextBounds.NAMES;
                };
        if (each > Meter.MAX_STEPS) {
            findings.error(
                    text.at(),
                    "The condition can cost "
                            + each
                            + " steps"
                            + (scope == Scope.NAME ? ", asked for 100 names" : "")
                            + " (expected: at most "
                            + Meter.MAX_STEPS
                            + " in one decision; matches costs the characters of its text times the"
                            + " size of its pattern): take a smaller pattern, or == and endsWith");
        }
    }

    private Condition condition(List<CelSyntax.Part> parts) throws CelEvaluationException {
        List<Conjunct> conjuncts = new ArrayList<>();
        for (CelSyntax.Part part : parts) {
            if (!part.isTrue()) {
                conjuncts.add(conjunct(part));
            }
        }
        return new Condition(conjuncts);
    }

    private Conjunct conjunct(CelSyntax.Part part) throws CelEvaluationException {
        Conjunct.Equality equality = part.equality();
        if (equality != null) {
            return equality;
        }
        List<CelSyntax.Part> alternatives = part.alternatives();
        if (alternatives.size() > 1) {
            List<Condition> conditions = new ArrayList<>();
            for (CelSyntax.Part alternative : alternatives) {
                conditions.add(condition(alternative.conjuncts()));
            }
            return new Conjunct.AnyOf(part.text(), conditions, part.operands());
        }
        return new Conjunct.Cel(
                part.text(),
                runtime.createProgram(part.ast()),
                CelCost.of(part.ast().getExpr()),
                part.operands(),
                part.required());
    }

    private static void report(
            CelIssue issue,
            CelValidationResult result,
            Scalar text,
            Scope scope,
            Findings findings) {
        int offset =
                result.getSource()
                        .getLocationOffset(
                                issue.getSourceLocation().getLine(),
                                Math.max(0, issue.getSourceLocation().getColumn()))
                        .orElse(0);
        findings.error(text.at(offset), message(issue.getMessage(), text.value(), offset, scope));
    }

    private static String message(String issue, String text, int offset, Scope scope) {
        Matcher undeclared = UNDECLARED.matcher(issue);
        if (!undeclared.matches()) {
            return "Not a CEL condition: " + issue;
        }
        String name = undeclared.group(1);
        int start =
                text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length())));
        if (text.startsWith("(", start)) {
            return "Conditions know no function "
                    + name
                    + " (expected: one of the CEL standard, charAt, indexOf, lastIndexOf,"
                    + " lowerAscii, split, substring, trim, upperAscii, or the macros has, all,"
                    + " exists, exists_one, filter)";
        }
        Matcher dotted = DOTTED.matcher(text);
        if (dotted.find(start) && dotted.start() == start) {
            name = dotted.group();
        }
        List<String> known = new ArrayList<>(Variables.TEXTS);
        known.addAll(Variables.LISTS);
        known.addAll(
                List.of(Variables.ATTRIBUTES, Variables.LIFETIME, Variables.REQUESTED_AUTHORITY));
        if (scope == Scope.NAME) {
            known.add(Variables.NAME);
        }
        return "Conditions know no " + name + NearestName.hint(name, known);
    }
}
