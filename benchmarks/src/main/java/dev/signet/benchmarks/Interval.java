package dev.signet.benchmarks;

import org.HdrHistogram.Histogram;

/// One measured stretch of load.
///
/// @param latencies microseconds, one value for each success
/// @param seconds its length
/// @param server CPU seconds of the server in it; NaN where unknown
/// @param postgresql CPU seconds of PostgreSQL; NaN where unknown
/// @param generator CPU seconds of the load generator
/// @param others CPU seconds of every other process of the machine: what disturbed the run
/// @param serverResidentBytes at its end; 0 where unknown
record Interval(
        Histogram latencies,
        double seconds,
        double server,
        double postgresql,
        double generator,
        double others,
        long serverResidentBytes) {

    static Interval between(Usage begin, Usage end, Histogram latencies) {
        double server = end.server() - begin.server();
        double postgresql = end.postgresql() - begin.postgresql();
        double generator = end.generator() - begin.generator();
        double machine = end.machine() - begin.machine();
        return new Interval(
                latencies,
                (end.atNanos() - begin.atNanos()) / 1e9,
                server,
                postgresql,
                generator,
                Math.max(0, machine - orZero(server) - orZero(postgresql) - generator),
                end.serverResidentBytes());
    }

    double perSecond() {
        return latencies.getTotalCount() / seconds;
    }

    /// CPU seconds for each thousand issuances.
    double perThousand(double cpuSeconds) {
        return cpuSeconds * 1000 / latencies.getTotalCount();
    }

    double milliseconds(double percentile) {
        return latencies.getTotalCount() == 0
                ? Double.NaN
                : latencies.getValueAtPercentile(percentile) / 1000.0;
    }

    /// Cores that others used, on average.
    double otherCores() {
        return others / seconds;
    }

    private static double orZero(double value) {
        return Double.isNaN(value) ? 0 : value;
    }
}
