package dev.signet.ca.policy;

import dev.signet.ca.policy.PolicyFinding.Severity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What was found in one document. Keeps the first hundred; an error is never lost for a warning's
/// sake. Not thread-safe.
final class Findings {

    private static final int MAX = 100;

    private final List<PolicyFinding> errors = new ArrayList<>();
    private final List<PolicyFinding> warnings = new ArrayList<>();

    void error(Position at, String message) {
        add(errors, Severity.ERROR, at, message);
    }

    void warning(Position at, String message) {
        add(warnings, Severity.WARNING, at, message);
    }

    boolean hasErrors() {
        return !errors.isEmpty();
    }

    /// In the order of the document.
    List<PolicyFinding> list() {
        List<PolicyFinding> all = new ArrayList<>(errors);
        all.addAll(warnings.subList(0, Math.min(warnings.size(), MAX - errors.size())));
        all.sort(
                Comparator.comparingInt(PolicyFinding::line)
                        .thenComparingInt(PolicyFinding::column));
        return List.copyOf(all);
    }

    private static void add(
            List<PolicyFinding> list, Severity severity, Position at, String message) {
        if (list.size() < MAX) {
            list.add(new PolicyFinding(severity, at.line(), at.column(), message));
        }
    }
}
