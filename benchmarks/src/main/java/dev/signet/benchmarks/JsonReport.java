package dev.signet.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The report for programs. Times in milliseconds, processor time in seconds, memory in bytes, as
/// the names say; a figure that was not measured is null.
final class JsonReport {

    private JsonReport() {}

    static String of(Report report) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("at", report.at().toString());
        root.put("plan", report.plan().describe());
        root.put("server", report.server());
        root.put("postgresql", report.postgresql());
        root.put("cores", report.cores());
        put(root, "load", measurement(report.load()));
        Measurement lone = report.lone();
        put(root, "lone_caller", lone == null ? null : measurement(lone));
        MachineLimits.Crypto crypto = report.crypto();
        if (crypto != null) {
            Map<String, Object> limit = new LinkedHashMap<>();
            limit.put("provider", crypto.provider());
            limit.put("one_sign_one_verify_per_second", crypto.signAndVerify());
            limit.put("one_sign_two_verifies_per_second", crypto.signAndVerifyTwice());
            limit.put("issuing_share_of_one_sign_one_verify", report.ofSignAndVerify());
            limit.put("issuing_share_of_one_sign_two_verifies", report.ofSignAndVerifyTwice());
            root.put("crypto_limit", limit);
        }
        Database.Limits commit = report.commit();
        if (commit != null) {
            Map<String, Object> limit = new LinkedHashMap<>();
            limit.put("one_row_median_ms", commit.commitMedianMicroseconds() / 1000);
            limit.put("one_row_p99_ms", commit.commitP99Microseconds() / 1000);
            limit.put("bulk_rows_per_second", commit.bulkRowsPerSecond());
            limit.put("lone_caller_median_in_one_row_commits", report.loneInCommits());
            root.put("commit_limit", limit);
        }
        root.put("certificates_received", report.successes());
        put(root, "rows_in_the_ledger", report.recorded());
        root.put("answers_checked", report.checked());
        root.put("answers_at_fault", new TreeMap<String, Object>(report.faults()));
        root.put("tokens_minted_during_run", report.mintedDuringRun());
        root.put("objections", report.objections());
        return Json.of(root);
    }

    private static Map<String, Object> measurement(Measurement measurement) {
        Interval interval = measurement.interval();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("seconds", interval.seconds());
        values.put("issuances", interval.latencies().getTotalCount());
        values.put("durable_issuances_per_second", interval.perSecond());
        values.put("p50_ms", interval.milliseconds(50));
        values.put("p99_ms", interval.milliseconds(99));
        values.put("p999_ms", interval.milliseconds(99.9));
        values.put("max_ms", interval.milliseconds(100));
        values.put("server_cpu_seconds_per_1000", interval.perThousand(interval.server()));
        values.put("postgresql_cpu_seconds_per_1000", interval.perThousand(interval.postgresql()));
        values.put("generator_cpu_seconds_per_1000", interval.perThousand(interval.generator()));
        values.put("other_processes_cores", interval.otherCores());
        values.put("server_rss_bytes", interval.serverResidentBytes());
        values.put("failures", new TreeMap<String, Object>(measurement.failures()));
        values.put("remarks", List.copyOf(measurement.remarks().keySet()));
        return values;
    }

    @SuppressWarnings("NullAway") // JSON has a null
    private static void put(
            Map<String, Object> map, String name, @org.jspecify.annotations.Nullable Object value) {
        map.put(name, value);
    }
}
