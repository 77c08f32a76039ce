package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

/// Processor time of everything that takes part in a run, at one moment.
///
/// @param serverPid null: the server is not on this machine
/// @param postmasterPid null: PostgreSQL is not on this machine
/// @param server NaN where unknown
/// @param postgresql NaN where unknown
record Usage(
        long atNanos,
        @Nullable Long serverPid,
        @Nullable Long postmasterPid,
        double server,
        double postgresql,
        double generator,
        double machine,
        long serverResidentBytes) {

    static Usage now(@Nullable Long serverPid, @Nullable Long postmasterPid) {
        var server = serverPid == null ? null : ProcessUsage.of(serverPid).orElse(null);
        var postgresql =
                postmasterPid == null
                        ? null
                        : ProcessUsage.withChildren(postmasterPid).orElse(null);
        return new Usage(
                System.nanoTime(),
                serverPid,
                postmasterPid,
                server == null ? Double.NaN : server.cpuSeconds(),
                postgresql == null ? Double.NaN : postgresql.cpuSeconds(),
                ProcessUsage.of(ProcessHandle.current().pid()).orElseThrow().cpuSeconds(),
                ProcessUsage.machineBusySeconds(),
                server == null ? 0 : server.residentBytes());
    }

    /// The same processes, later.
    Usage again() {
        return now(serverPid, postmasterPid);
    }
}
