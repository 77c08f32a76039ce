package dev.signet.benchmarks;

import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own, with its production flags, on a PostgreSQL with fsync on: an
/// embedded one or a given one. Closing it stops both.
final class StartedServer implements ServerUnderTest {

    static final String TRUST_DOMAIN = "benchmark.example";

    private static final String MAIN_CLASS = "dev.signet.ca.CaServer";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final @Nullable LocalPostgres postgres;
    private final Process process;
    private final Endpoint endpoint;
    private final String databaseUrl;
    private final String flags;

    private StartedServer(
            @Nullable LocalPostgres postgres,
            Process process,
            Endpoint endpoint,
            String databaseUrl,
            String flags) {
        this.postgres = postgres;
        this.process = process;
        this.endpoint = endpoint;
        this.databaseUrl = databaseUrl;
        this.flags = flags;
    }

    /// How to start it.
    ///
    /// @param directory for everything it leaves behind: database, log, keys; on a disk that keeps
    ///   what it was told to
    /// @param databaseUrl JDBC URL with user and password; null: a PostgreSQL of our own in
    ///   `directory`
    /// @param jvmFlags of the server's JVM
    /// @param settings further ones, by name
    record Options(
            Path directory,
            @Nullable String databaseUrl,
            List<String> jvmFlags,
            Map<String, String> settings) {
        Options {
            jvmFlags = List.copyOf(jvmFlags);
            settings = Map.copyOf(settings);
        }

        @Override
        public String toString() {
            return "Options[" + directory + "]";
        }
    }

    /// Starts and waits until it answers.
    static StartedServer start(Options options, SecureRandom random, Progress progress)
            throws IOException, InterruptedException {
        OwnerOnly.createDirectories(options.directory());
        String given = options.databaseUrl();
        LocalPostgres postgres = null;
        String databaseUrl;
        if (given == null) {
            progress.step("Starting PostgreSQL (fsync on) in " + options.directory());
            postgres =
                    LocalPostgres.start(
                            LocalPostgresSettings.in(options.directory().resolve("postgresql")),
                            random,
                            progress::step);
            postgres.awaitReady(PATIENCE);
            databaseUrl =
                    postgres.jdbcUrl()
                            + "?user="
                            + postgres.user()
                            + "&password="
                            + URLEncoder.encode(postgres.password(), StandardCharsets.UTF_8);
        } else {
            databaseUrl = given;
        }
        try {
            return start(options, postgres, databaseUrl, random, progress);
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (postgres != null) {
                postgres.close();
            }
            throw e;
        }
    }

    private static StartedServer start(
            Options options,
            @Nullable LocalPostgres postgres,
            String databaseUrl,
            SecureRandom random,
            Progress progress)
            throws IOException, InterruptedException {
        Path log = options.directory().resolve("server.log");
        int port = freePort();
        progress.step("Starting the server, log in " + log);
        ProcessBuilder builder =
                new ProcessBuilder(command(options, port, random))
                        .directory(options.directory().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        // By the environment, as a command line is for all to see.
        builder.environment().put("SIGNET_DATABASE_URL", databaseUrl);
        Process process = builder.start();
        try {
            Endpoint endpoint =
                    Bootstrap.awaitEndpoint("127.0.0.1", port, process.toHandle(), PATIENCE);
            return new StartedServer(
                    postgres, process, endpoint, databaseUrl, String.join(" ", options.jvmFlags()));
        } catch (IOException e) {
            stop(process);
            throw new IOException(e.getMessage() + "; the server's log: " + log, e);
        }
    }

    private static List<String> command(Options options, int port, SecureRandom random)
            throws IOException {
        Path keyEncryptionKey = options.directory().resolve("key-encryption-key");
        if (!Files.exists(keyEncryptionKey)) {
            byte[] octets = new byte[32];
            random.nextBytes(octets);
            OwnerOnly.write(keyEncryptionKey, octets);
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.jvmFlags());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(MAIN_CLASS);
        command.add("--signet.trust-domain=" + TRUST_DOMAIN);
        command.add("--signet.grpc.address=127.0.0.1");
        command.add("--signet.grpc.port=" + port);
        command.add("--signet.http.address=127.0.0.1");
        command.add("--signet.http.port=0");
        command.add("--signet.admin.address=127.0.0.1");
        command.add("--signet.admin.port=0");
        command.add("--signet.stop.drain-time=0s");
        command.add("--signet.authority.key-encryption-key.file=" + keyEncryptionKey);
        String issuer = "--signet.attestation.token-issuers[0].";
        command.add(issuer + "name=benchmark");
        command.add(issuer + "kind=kubernetes");
        command.add(issuer + "issuer=" + TokenIssuer.ISSUER);
        command.add(issuer + "audiences[0]=" + TokenIssuer.AUDIENCE);
        command.add(issuer + "jwks-file=" + TokenIssuer.jwksFile(options.directory()));
        options.settings().forEach((name, value) -> command.add("--" + name + "=" + value));
        return command;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public Long pid() {
        return process.pid();
    }

    @Override
    public String databaseUrl() {
        return databaseUrl;
    }

    @Override
    public String describe() {
        return "java " + flags + " " + MAIN_CLASS;
    }

    @Override
    public void close() {
        stop(process);
        if (postgres != null) {
            postgres.close();
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
