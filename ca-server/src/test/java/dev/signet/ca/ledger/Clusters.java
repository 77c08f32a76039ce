package dev.signet.ca.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.jdbc.core.simple.JdbcClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Clusters of PostgreSQL of a test's own: to be stopped, configured, copied.
final class Clusters {

    private Clusters() {}

    /// @param port 0: any
    static EmbeddedPostgres start(Path data, int port) throws IOException {
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPGStartupWait(Duration.ofSeconds(60));
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    /// Of a cluster that is stopped.
    static void copy(Path data, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(data)) {
            files = found.toList();
        }
        for (Path file : files) {
            Files.copy(file, to.resolve(data.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /// Makes a cluster that is stopped a standby, to be started.
    static void follow(Path data, int primaryPort) throws IOException {
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "\nprimary_conninfo = 'host=localhost port=" + primaryPort + " user=postgres'\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        Files.writeString(data.resolve("standby.signal"), "");
    }

    static JdbcClient owner(EmbeddedPostgres postgres) {
        return JdbcClient.create(postgres.getPostgresDatabase());
    }

    /// @param ports of one cluster, or of all where a failover may have happened
    static DatabaseSettings settings(String parameters, int... ports) {
        StringBuilder hosts = new StringBuilder();
        for (int port : ports) {
            hosts.append(hosts.isEmpty() ? "" : ",").append("localhost:").append(port);
        }
        return DatabaseSettings.of(
                "jdbc:postgresql://" + hosts + "/postgres" + parameters, "postgres", "");
    }
}
