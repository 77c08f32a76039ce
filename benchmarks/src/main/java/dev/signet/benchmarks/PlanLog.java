package dev.signet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// The plans that auto_explain writes to PostgreSQL's log from a moment on.
///
/// @param begin length of the log at that moment
record PlanLog(Path log, int begin) {

    private static final Pattern ENTRY = Pattern.compile("(?m)^(?=\\d{4}-\\d{2}-\\d{2} )");
    private static final String PLAN = "plan:\n";

    /// Of a partition without rows.
    private static final String EMPTY = "(cost=0.00..0.00 ";

    private static final String QUERY = "\tQuery Text: ";

    static PlanLog from(Path log) throws IOException {
        return new PlanLog(log, Files.readAllBytes(log).length);
    }

    /// Plans of searches, in order, without the statements' text and without the parts that were
    /// never executed and the partitions that are empty.
    List<String> since() throws IOException {
        byte[] all = Files.readAllBytes(log);
        String text =
                new String(Arrays.copyOfRange(all, begin, all.length), StandardCharsets.UTF_8);
        List<String> plans = new ArrayList<>();
        for (String entry : ENTRY.splitAsStream(text).toList()) {
            int plan = entry.indexOf(PLAN);
            if (plan >= 0 && entry.contains("FROM ledger.certificate")) {
                plans.add(tree(entry.substring(plan + PLAN.length())));
            }
        }
        return plans;
    }

    /// The lines that follow the statement's text.
    private static String tree(String entry) {
        List<String> lines = new ArrayList<>();
        boolean inQuery = false;
        for (String line : entry.lines().toList()) {
            if (line.startsWith(QUERY)) {
                inQuery = true;
            } else if (inQuery && (line.contains("(cost=") || line.contains("(actual "))) {
                inQuery = false;
            }
            if (!inQuery && !line.isBlank()) {
                lines.add(line.startsWith("\t") ? line.substring(1) : line);
            }
        }
        return String.join("\n", withoutUnused(lines));
    }

    private static List<String> withoutUnused(List<String> lines) {
        List<String> used = new ArrayList<>();
        int unusedDepth = Integer.MAX_VALUE;
        int left = 0;
        for (String line : lines) {
            int depth = line.indexOf(line.strip());
            if (depth > unusedDepth) {
                continue;
            }
            unusedDepth = Integer.MAX_VALUE;
            if (line.contains("(never executed)") || line.contains(EMPTY)) {
                unusedDepth = depth;
                left++;
            } else {
                used.add(line);
            }
        }
        if (left > 0) {
            used.add("(" + left + " nodes never executed or empty)");
        }
        return used;
    }
}
