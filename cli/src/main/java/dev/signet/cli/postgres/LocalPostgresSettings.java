package dev.signet.cli.postgres;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Where PostgreSQL keeps its files and how it runs.
///
/// @param directory data, password and log; made when missing
/// @param cache unpacked servers, shared by all data directories of a user; made when missing
/// @param port TCP port on 127.0.0.1; 0: any free one
/// @param parameters `postgres` parameters beside ours, such as `shared_buffers`; they win
public record LocalPostgresSettings(
        Path directory, Path cache, int port, Map<String, String> parameters) {

    public LocalPostgresSettings {
        directory = directory.toAbsolutePath().normalize();
        cache = cache.toAbsolutePath().normalize();
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        parameters = Map.copyOf(parameters);
    }

    /// In `directory`, with the user's own cache and our parameters.
    public static LocalPostgresSettings in(Path directory) {
        Path cache = userCache();
        return new LocalPostgresSettings(
                directory,
                cache.startsWith(UserHome.NONE) ? directory.resolve("cache") : cache,
                0,
                Map.of());
    }

    /// The same on this port.
    public LocalPostgresSettings withPort(int other) {
        return new LocalPostgresSettings(directory, cache, other, parameters);
    }

    /// `$XDG_CACHE_HOME/signet`, by default `~/.cache/signet`.
    public static Path userCache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        return configured == null || configured.isBlank()
                ? UserHome.path().resolve(".cache").resolve("signet")
                : Path.of(configured, "signet");
    }

    Map<String, String> allParameters(int boundPort) {
        Map<String, String> all = new TreeMap<>();
        all.put("listen_addresses", "127.0.0.1");
        all.put("port", String.valueOf(boundPort));
        // A path to a socket in a deep directory would be too long; TCP needs a password anyway.
        all.put("unix_socket_directories", "");
        all.put("fsync", "on");
        all.put("synchronous_commit", "on");
        all.put("full_page_writes", "on");
        all.put("max_connections", "100");
        all.put("shared_buffers", "64MB");
        all.put("max_wal_size", "1GB");
        all.put("jit", "off");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("log_line_prefix", "%m [%p] ");
        all.putAll(parameters);
        return all;
    }
}
