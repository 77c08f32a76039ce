package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// Why a snapshot decides as it does: every rule's verdict up to the one that decided, and what its
/// grant came to. Made for operators; names attributes with their values, which are no secrets.
/// Immutable; the same request and snapshot give the same explanation.
///
/// @param decision what [PolicySnapshot#decide] says, too
/// @param policyVersion of the snapshot
/// @param rule that decided; null: none was for the request
/// @param rules in their order, up to the one that decided; those behind it were not looked at
/// @param steps what the rule that decided computed, in order
public record Explanation(
        Decision decision,
        String policyVersion,
        @Nullable String rule,
        List<RuleVerdict> rules,
        List<Step> steps) {

    public Explanation {
        rules = List.copyOf(rules);
        steps = List.copyOf(steps);
    }

    /// @param rule its name
    /// @param verdict what became of it
    /// @param conjuncts each part of its condition that `&&` joins; empty: it has no condition
    public record RuleVerdict(String rule, Verdict verdict, List<ConjunctVerdict> conjuncts) {
        public RuleVerdict {
            conjuncts = List.copyOf(conjuncts);
        }
    }

    /// What became of a rule.
    public enum Verdict {
        /// It is for the request and decided.
        DECIDED,
        /// A part of its condition is false, or could not be said of a rule that grants.
        NOT_FOR_THIS,
        /// It denies, and whether its condition holds could not be said: it decided, to be safe.
        DECIDED_TO_BE_SAFE
    }

    /// @param text the part, in CEL
    /// @param outcome what it came to
    /// @param values of the attributes and variables that it names; null: not there
    /// @param failure why it FAILED; null otherwise
    public record ConjunctVerdict(
            String text,
            Outcome outcome,
            Map<String, @Nullable String> values,
            @Nullable String failure) {}

    /// What a part of a condition came to.
    public enum Outcome {
        TRUE,
        FALSE,
        /// It could not be said.
        FAILED
    }

    /// @param part of the grant: `spiffeId`, `profile`, `names`, `lifetime`, `subject`
    /// @param text what it came to and by what
    public record Step(String part, String text) {}
}
