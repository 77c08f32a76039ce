package dev.signet.benchmarks;

import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// Where a run keeps its database, keys and log: a given directory, which is kept, or a fresh one,
/// which is deleted. Never in a memory file system by default: fsync would cost nothing there.
final class WorkDirectory implements AutoCloseable {

    private final Path path;
    private final boolean kept;

    private WorkDirectory(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    static WorkDirectory at(@Nullable Path given) throws IOException {
        if (given != null) {
            Path path = given.toAbsolutePath();
            OwnerOnly.createDirectories(path);
            return new WorkDirectory(path, true);
        }
        Path parent = LocalPostgresSettings.userCache();
        Files.createDirectories(parent);
        return new WorkDirectory(Files.createTempDirectory(parent, "benchmark-"), false);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
