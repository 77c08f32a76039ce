package dev.signet.ca.policy;

import dev.signet.ca.policy.PolicyFinding.Severity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/// What was found in one document. Keeps the first hundred; an error is never lost for a warning's
/// sake. Not thread-safe.
final class Findings {

    private static final String CLAIM = "oidc.claim.";

    private static final int MAX = 100;

    private final List<PolicyFinding> errors = new ArrayList<>();
    private final List<PolicyFinding> warnings = new ArrayList<>();

    private final PolicySurroundings surroundings;
    private final Severity whereUnfit;

    Findings() {
        this(PolicySurroundings.UNKNOWN, Severity.ERROR);
    }

    /// @param whereUnfit how bad it is that the server does not give what the document asks for
    Findings(PolicySurroundings surroundings, Severity whereUnfit) {
        this.surroundings = surroundings;
        this.whereUnfit = whereUnfit;
    }

    /// What cannot work on a server with these surroundings.
    private void unfit(Position at, String message) {
        switch (whereUnfit) {
            case ERROR -> error(at, message);
            case WARNING -> warning(at, message);
        }
    }

    /// An attribute without which something cannot work.
    void needsAttribute(String key, Supplier<Position> at) {
        if (key.startsWith(CLAIM) && !surroundings.isPassedOn(key.substring(CLAIM.length()))) {
            unfit(
                    at.get(),
                    "No evidence has "
                            + key
                            + ": no token issuer passes this claim on (expected: one of claims of"
                            + " signet.attestation.token-issuers)");
        }
    }

    /// A grant of a CA's certificate.
    void needsPathLength(int below, String profile, Position at) {
        int issuing = surroundings.issuingPathLength();
        if (below >= issuing) {
            unfit(
                    at,
                    "Profile "
                            + profile
                            + " makes CAs of path length "
                            + below
                            + ", and the issuing CA's path length is "
                            + issuing
                            + " (expected: signet.authority.issuing-path-length of "
                            + (below + 1)
                            + " or more, and an issuing CA made with it)");
        }
    }

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
