package dev.signet.ca.policy;

import java.util.Collection;
import java.util.Optional;

/// What somebody who wrote another name most likely meant.
final class NearestName {

    private NearestName() {}

    /// ` (did you mean x?)`, or what there is to choose from.
    static String hint(String name, Collection<String> known) {
        return of(name, known)
                .map(nearest -> " (did you mean " + nearest + "?)")
                .orElseGet(() -> " (expected: " + String.join(", ", known) + ")");
    }

    static Optional<String> of(String name, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 64) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int substituted = diagonal + same;
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
