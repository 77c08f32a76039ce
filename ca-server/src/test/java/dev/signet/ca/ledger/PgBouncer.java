package dev.signet.ca.ledger;

import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A PgBouncer (Debian: pgbouncer) before the PostgreSQL of the tests. Where it is not installed
/// tests are skipped, unless REQUIRE_PGBOUNCER is set, as CI sets it. Another build than the
/// installed one is named by PGBOUNCER.
final class PgBouncer implements AutoCloseable {

    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/sbin/pgbouncer"),
                    Path.of("/usr/bin/pgbouncer"),
                    Path.of("/usr/local/bin/pgbouncer"),
                    Path.of("/opt/homebrew/bin/pgbouncer"));

    private final Process process;
    private final Path directory;
    private final int port;

    private PgBouncer(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /// @param settings beside, or instead of, what the tests need
    static PgBouncer before(TestDatabase database, Map<String, String> settings)
            throws IOException {
        Path program = program();
        Path directory = Files.createTempDirectory("signet-pgbouncer");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path users = directory.resolve("users.txt");
        Files.writeString(users, "\"" + database.username() + "\" \"\"\n");
        Map<String, String> all =
                new java.util.TreeMap<>(
                        Map.of(
                                "listen_addr", "127.0.0.1",
                                "listen_port", Integer.toString(port),
                                "auth_type", "trust",
                                "auth_file", users.toString(),
                                "unix_socket_dir", "",
                                "ignore_startup_parameters", "extra_float_digits"));
        all.putAll(settings);
        StringBuilder text =
                new StringBuilder("[databases]\n* = host=127.0.0.1 port=")
                        .append(port(database.url()))
                        .append("\n[pgbouncer]\n");
        all.forEach((name, value) -> text.append(name + " = " + value + "\n"));
        Path configuration = directory.resolve("pgbouncer.ini");
        Files.writeString(configuration, text.toString());
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It does not run as root; the embedded PostgreSQL is started in the same way.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.toString(), configuration.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        PgBouncer bouncer = new PgBouncer(process, directory, port);
        await("PgBouncer listens").atMost(Duration.ofSeconds(60)).until(bouncer::listens);
        return bouncer;
    }

    /// The same database through it.
    String url(TestDatabase database) {
        return database.url().replaceFirst("localhost:\\d+/", "127.0.0.1:" + port + "/");
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError(Files.readString(directory.resolve("log")));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static String port(String url) {
        return url.replaceAll(".*:(\\d+)/.*", "$1");
    }

    private static Path program() {
        String named = System.getenv("PGBOUNCER");
        Optional<Path> found =
                named == null
                        ? PLACES.stream().filter(Files::isExecutable).findFirst()
                        : Optional.of(Path.of(named));
        if (found.isEmpty() && System.getenv("REQUIRE_PGBOUNCER") != null) {
            throw new AssertionError("PgBouncer is not installed (Debian: pgbouncer)");
        }
        Assumptions.assumeTrue(
                found.isPresent(), "PgBouncer is not installed (Debian: pgbouncer): not tested");
        return found.orElseThrow();
    }
}
