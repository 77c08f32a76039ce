package dev.signet.cli.postgres;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// An embedded PostgreSQL as it once was made and run: its login is the superuser. For one thread.
public final class EarlierPostgres implements AutoCloseable {

    private static final Duration SOON = Duration.ofMinutes(1);

    private final Process process;
    private final int port;
    private final Cluster cluster;

    private EarlierPostgres(Process process, int port, Cluster cluster) {
        this.process = process;
        this.port = port;
        this.cluster = cluster;
    }

    /// Returns when connections are accepted.
    public static EarlierPostgres start(Path directory) throws IOException, InterruptedException {
        Directories.createPrivate(directory);
        Cluster cluster = new Cluster(directory.toRealPath());
        cluster.password(new SecureRandom());
        List<String> made =
                cluster.initdb(binaries(), cluster.data(), cluster.passwordFile()).stream()
                        .map(word -> word.replace(OwnerLogin.SUPERUSER, LocalPostgres.USER))
                        .toList();
        Process initdb =
                LocalPostgres.process(Account.detect().command(made))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException(output);
        }
        int port;
        try (var socket = new java.net.ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> words =
                new java.util.ArrayList<>(
                        List.of(binaries().postgres().toString(), "-D", cluster.data().toString()));
        LocalPostgresSettings.in(directory)
                .allParameters(port)
                .forEach((name, value) -> words.add("--" + name + "=" + value));
        Process process = fork(cluster, words);
        Awaitility.await()
                .atMost(SOON)
                .until(() -> {
                    List<String> lines = cluster.pidLines();
                    return lines.size() >= 8 && lines.get(7).strip().equals("ready");
                });
        return new EarlierPostgres(process, port, cluster);
    }

    static PostgresBinaries binaries() {
        return PostgresBinaries.unpack(
                PostgresArchive.find(), LocalPostgresSettings.userCache(), () -> {});
    }

    /// A process of PostgreSQL that logs where the others do.
    static Process fork(Cluster cluster, List<String> words) throws IOException {
        return LocalPostgres.process(Account.detect().command(words))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(cluster.log().toFile()))
                .start();
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + LocalPostgres.DATABASE;
    }

    /// The settings by which a server finds it.
    public Map<String, String> serverSettings() {
        return new LocalPostgres.Running(port, cluster.passwordFile()).settings();
    }

    @Override
    public void close() {
        Signals.interrupt(process.pid());
        process.onExit().join();
    }
}
