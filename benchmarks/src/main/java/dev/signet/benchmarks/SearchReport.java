package dev.signet.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a search benchmark found.
///
/// @param sizes octets of the table and its indexes
/// @param times by search
/// @param plans by search: one for each statement of one search
/// @param streamed records a second that a stream of the whole ledger gives
record SearchReport(
        int rows,
        Map<String, Long> sizes,
        Map<String, Times> times,
        Map<String, List<String>> plans,
        double streamed) {

    /// Milliseconds of a page, as the caller of the ledger waits for it.
    ///
    /// @param found records on a page, on average
    record Times(double median, double p99, double found) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "p50 %.1f ms, p99 %.1f ms, %.0f found", median, p99, found);
        }
    }

    /// The largest p99, in milliseconds.
    double slowest() {
        return times.values().stream().mapToDouble(Times::p99).max().orElse(0);
    }

    String table() {
        StringBuilder text = new StringBuilder();
        text.append(Text.count(rows)).append(" certificates on record\n");
        times.forEach((search, measured) ->
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%-46s p50 %7.1f ms  p99 %7.1f ms  %4.0f found%n",
                                search,
                                measured.median(),
                                measured.p99(),
                                measured.found())));
        return text.append("stream: ")
                .append(Text.count(streamed))
                .append(" records/s\n")
                .toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# Search\n\n")
                .append("After this page you know how long a search of the admin API takes over ")
                .append(Text.count(rows))
                .append(" certificates, and how large\nthe indexes are.\n\n")
                .append("Written by `./benchmarks/run search --rows ")
                .append(rows)
                .append(
                        " --write docs/search.md\n--plans benchmarks/search-plans.md`. Why these indexes: ")
                .append("[ADR 11](adr/0011-search-indexes.md). Plans:\n")
                .append("[benchmarks/search-plans.md](../benchmarks/search-plans.md).\n\n")
                .append(Text.count(rows))
                .append(
                        " certificates of ten days, on the embedded PostgreSQL with its own settings"
                                + " (64 MB of shared\nbuffers), the last 10,000 not vacuumed yet. A page"
                                + " of 100, from the call to the parsed records, the\nstatements that"
                                + " the server sends, over its connection pool.\n\n")
                .append("| Search | p50 ms | p99 ms | Found |\n|---|---|---|---|\n");
        times.forEach((search, measured) ->
                text.append(
                        String.format(
                                Locale.ROOT,
                                "| %s | %.1f | %.1f | %.0f |%n",
                                search,
                                measured.median(),
                                measured.p99(),
                                measured.found())));
        text.append("\nA stream of the whole ledger, oldest first: ")
                .append(Text.count(streamed))
                .append(" records/s.\n\n| Table or index | MB |\n|---|---|\n");
        sizes.forEach((name, octets) ->
                text.append("| ")
                        .append(name)
                        .append(" | ")
                        .append(Text.count(octets / 1e6))
                        .append(" |\n"));
        return text.toString();
    }

    /// The plans alone, which are too long for a page that people read.
    String plansMarkdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Search plans

                The execution plan of each search in [docs/search.md](../docs/search.md), to check an index change.

                EXPLAIN (ANALYZE, BUFFERS) of each statement of one search, as auto_explain logged
                it; parts that were never executed and empty
                partitions are left out.
                """);
        plans.forEach((search, statements) -> {
            text.append("\n## ").append(search).append('\n');
            for (String plan : statements) {
                text.append("\n```\n").append(plan).append("\n```\n");
            }
        });
        return text.toString();
    }
}
