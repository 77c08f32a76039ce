package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.List;

/// The report for eyes.
final class TextReport {

    private final PrintStream out;

    TextReport(PrintStream out) {
        this.out = out;
    }

    void print(Report report) {
        Interval load = report.load().interval();
        out.println();
        out.println(report.plan().describe());
        out.println(
                report.server()
                        + "; PostgreSQL "
                        + report.postgresql()
                        + "; "
                        + report.cores()
                        + " cores shared by all");
        out.println();
        row("durable issuances", Text.count(load.perSecond()) + "/s");
        row("latency p50 / p99 / p999", percentiles(load) + " ms");
        Measurement lone = report.lone();
        if (lone != null) {
            row("lone caller p50 / p99 / p999", percentiles(lone.interval()) + " ms");
        }
        row(
                "CPU s per 1,000 issuances",
                "server "
                        + perThousand(load, load.server())
                        + "  PostgreSQL "
                        + perThousand(load, load.postgresql())
                        + "  generator "
                        + perThousand(load, load.generator()));
        row("memory of the server (RSS)", Text.megabytes(load.serverResidentBytes()));
        row("other processes used", Text.decimals(load.otherCores(), 2) + " cores");
        out.println();
        limits(report, lone);
        row("answers checked", Text.count(report.checked()) + verdict(report.faults().isEmpty()));
        Long recorded = report.recorded();
        if (recorded != null) {
            row(
                    "rows in the ledger",
                    Text.count(recorded)
                            + (recorded == report.successes()
                                    ? " = certificates received"
                                    : " for " + Text.count(report.successes()) + " received"));
        }
        if (report.mintedDuringRun() > 0) {
            row("tokens minted during the run", Text.count(report.mintedDuringRun()));
        }
        List<String> objections = report.objections();
        objections.forEach(objection -> out.println("NOT GOOD: " + objection));
        out.println();
    }

    private void limits(Report report, @Nullable Measurement lone) {
        MachineLimits.Crypto crypto = report.crypto();
        if (crypto != null) {
            out.println("This machine's own limits, in the same run (" + crypto.provider() + ")");
            row(
                    "1 sign + 1 verify",
                    Text.count(crypto.signAndVerify())
                            + "/s; issuing reaches "
                            + percent(report.ofSignAndVerify()));
            row(
                    "1 sign + 2 verifies",
                    Text.count(crypto.signAndVerifyTwice())
                            + "/s; issuing reaches "
                            + percent(report.ofSignAndVerifyTwice()));
        }
        Database.Limits commit = report.commit();
        if (commit != null) {
            row(
                    "durable one-row commit",
                    Text.decimals(commit.commitMedianMicroseconds() / 1000, 3)
                            + " ms median, "
                            + Text.decimals(commit.commitP99Microseconds() / 1000, 3)
                            + " ms p99"
                            + (lone == null
                                    ? ""
                                    : "; lone caller at "
                                            + Text.decimals(report.loneInCommits(), 2)
                                            + " x"));
            row("rows, 200 a commit", Text.count(commit.bulkRowsPerSecond()) + "/s");
        }
        out.println();
    }

    private void row(String name, String value) {
        out.printf("  %-30s %s%n", name, value);
    }

    private static String percentiles(Interval interval) {
        return Text.decimals(interval.milliseconds(50), 2)
                + " / "
                + Text.decimals(interval.milliseconds(99), 2)
                + " / "
                + Text.decimals(interval.milliseconds(99.9), 2);
    }

    private static String perThousand(Interval interval, double cpuSeconds) {
        return Text.decimals(interval.perThousand(cpuSeconds), 3);
    }

    private static String percent(double share) {
        return Text.decimals(share * 100, 0) + " %";
    }

    private static String verdict(boolean good) {
        return good ? ", all right" : ", NOT all right";
    }
}
