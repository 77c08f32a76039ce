package dev.signet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Processor time and memory of processes, as Linux accounts for them in `/proc`.
///
/// @param cpuSeconds user and system time since the process began, ended children included
/// @param residentBytes memory in use now
record ProcessUsage(double cpuSeconds, long residentBytes) {

    /// What `/proc` counts in, on every architecture that this runs on.
    private static final double TICKS_PER_SECOND = 100;

    private static final Path PROC = Path.of("/proc");
    private static final int PARENT = 1;
    private static final int USER_TICKS = 11;
    private static final int CHILDREN_SYSTEM_TICKS = 14;

    /// @return empty when there is no such process
    static Optional<ProcessUsage> of(long pid) {
        Path directory = PROC.resolve(Long.toString(pid));
        try {
            String[] stat = stat(directory);
            double ticks = 0;
            for (int field = USER_TICKS; field <= CHILDREN_SYSTEM_TICKS; field++) {
                ticks += Long.parseLong(stat[field]);
            }
            return Optional.of(
                    new ProcessUsage(ticks / TICKS_PER_SECOND, residentBytes(directory)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// A process and its living children together: PostgreSQL's postmaster with its backends.
    static Optional<ProcessUsage> withChildren(long pid) {
        Optional<ProcessUsage> parent = of(pid);
        if (parent.isEmpty()) {
            return parent;
        }
        double cpuSeconds = parent.get().cpuSeconds;
        long residentBytes = parent.get().residentBytes;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (parentOf(process) == pid) {
                    Optional<ProcessUsage> child =
                            of(Long.parseLong(process.getFileName().toString()));
                    cpuSeconds += child.map(ProcessUsage::cpuSeconds).orElse(0.0);
                    residentBytes += child.map(ProcessUsage::residentBytes).orElse(0L);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(new ProcessUsage(cpuSeconds, residentBytes));
    }

    /// @return 0 when there is no such process
    static long parentOf(long pid) {
        return parentOf(PROC.resolve(Long.toString(pid)));
    }

    /// Seconds that all cores together have been busy since boot.
    static double machineBusySeconds() {
        try (var lines = Files.lines(PROC.resolve("stat"))) {
            String[] fields = lines.findFirst().orElseThrow().trim().split(" +", -1);
            double ticks = 0;
            // user nice system (idle iowait) irq softirq; guest time is part of user time.
            for (int field : new int[] {1, 2, 3, 6, 7}) {
                ticks += Long.parseLong(fields[field]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long parentOf(Path process) {
        try {
            return Long.parseLong(stat(process)[PARENT]);
        } catch (IOException _) {
            return 0;
        }
    }

    /// The fields after the process name, which may itself hold spaces and parentheses.
    private static String[] stat(Path process) throws IOException {
        String line = Files.readString(process.resolve("stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static long residentBytes(Path process) throws IOException {
        try (var lines = Files.lines(process.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .orElse(0L);
        }
    }
}
