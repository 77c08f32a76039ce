package dev.signet.cli;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.remote.OperatorClient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server as a process of its own, `dev.signet.ca.CaServer` on this JVM's class path, to be
/// stopped and killed. It keeps its ports over restarts. For one thread, except [#kill].
public final class ServerProcess implements AutoCloseable {

    /// Trust domain of every server that is started here.
    public static final String TRUST_DOMAIN = "test.signet";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final DataDirectory directory;
    private final int grpcPort;
    private final int httpPort;
    private final Map<String, String> settings;
    private final List<String> flags;
    private volatile Process process;

    private ServerProcess(
            DataDirectory directory,
            int grpcPort,
            int httpPort,
            Map<String, String> settings,
            List<String> flags)
            throws IOException {
        this.flags = List.copyOf(flags);
        this.directory = directory;
        this.grpcPort = grpcPort;
        this.httpPort = httpPort;
        this.settings = Map.copyOf(settings);
        this.process = launch();
    }

    /// Returns when the server is ready.
    ///
    /// @param directory of its own; keys, credential, bundle and log go there
    /// @param settings more of them, such as `signet.ledger.writers`; they win
    public static ServerProcess start(
            Path directory, PostgresProcess postgres, Map<String, String> settings)
            throws IOException {
        return start(directory, postgres, settings, List.of("-XX:+UseSerialGC", "-Xmx256m"));
    }

    /// The same with other flags of the JVM.
    public static ServerProcess start(
            Path directory,
            PostgresProcess postgres,
            Map<String, String> settings,
            List<String> flags)
            throws IOException {
        DataDirectory data = DataDirectory.at(directory);
        data.prepare(new SecureRandom());
        int grpcPort = freePort();
        int httpPort = freePort();
        int adminPort = freePort();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("signet.trust-domain", TRUST_DOMAIN);
        all.put("signet.authority.key-encryption-key.file", data.keyEncryptionKey().toString());
        all.put("signet.operator.credential-file", data.operatorCredential().toString());
        all.put("signet.grpc.address", "127.0.0.1");
        all.put("signet.grpc.port", String.valueOf(grpcPort));
        all.put("signet.http.address", "127.0.0.1");
        all.put("signet.http.port", String.valueOf(httpPort));
        all.put("signet.admin.address", "127.0.0.1");
        all.put("signet.admin.port", String.valueOf(adminPort));
        all.put("signet.stop.drain-time", "0s");
        all.putAll(postgres.serverSettings());
        all.putAll(settings);
        ServerProcess server = new ServerProcess(data, grpcPort, httpPort, all, flags);
        try {
            server.awaitReady();
            data.publish(server.address(), server.get("/trust-bundle.pem").body());
            data.publishAdmin("localhost:" + all.get("signet.admin.port"));
            return server;
        } catch (RuntimeException | IOException e) {
            server.close();
            throw e;
        }
    }

    /// Another replica of this one: same database, same keys, ports of its own.
    public ServerProcess replica(Path replicaDirectory, PostgresProcess postgres)
            throws IOException {
        Map<String, String> shared = new LinkedHashMap<>(settings);
        shared.remove("signet.grpc.port");
        shared.remove("signet.http.port");
        shared.remove("signet.admin.port");
        return start(replicaDirectory, postgres, shared);
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.signet.ca.CaServer");
        settings.forEach((name, value) -> command.add("--" + name + "=" + value));
        return new ProcessBuilder(command)
                .directory(directory.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.serverLog().toFile()))
                .start();
    }

    /// kill -9; returns when it is gone.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// SIGTERM; returns when it has stopped.
    ///
    /// @throws IllegalStateException when it does not stop in a minute
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the server does not stop:\n" + log());
        }
    }

    /// Starts it again after [#kill] or [#stop], on the same ports, and returns when it is ready.
    public void startAgain() throws IOException {
        process = launch();
        awaitReady();
    }

    /// Returns when `/readyz` says so.
    ///
    /// @throws IllegalStateException when the process ends before
    public void awaitReady() {
        SignsOfLife.await(
                "the server is ready",
                () -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("the server ended:\n" + log());
                    }
                    return ready();
                },
                this::trace);
    }

    /// What the process has done until now: its processor time, and the size of its log. A process
    /// that waits for work does little, so tenths of seconds are counted.
    public String trace() {
        long cpu = process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 100;
        try {
            return cpu + " " + Files.size(directory.serverLog());
        } catch (IOException _) {
            return cpu + " -";
        }
    }

    /// What `/readyz` says; false where nothing answers.
    public boolean ready() {
        try {
            return get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /// A document of the HTTP port.
    public HttpResponse<String> get(String path) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// A one-time join token for this SPIFFE ID.
    public String joinToken(String spiffeId) throws IOException {
        try (OperatorClient operator = operator()) {
            return operator.createJoinToken(spiffeId, null).getToken();
        }
    }

    /// The caller closes it.
    public OperatorClient operator() throws IOException {
        return OperatorClient.connect(
                address(),
                bundle(),
                Files.readString(directory.operatorCredential(), StandardCharsets.US_ASCII)
                        .strip());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long processId() {
        return process.pid();
    }

    public int grpcPort() {
        return grpcPort;
    }

    public int httpPort() {
        return httpPort;
    }

    public int adminPort() {
        return Integer.parseInt(settings.get("signet.admin.port"));
    }

    /// `localhost:port` of gRPC.
    public String address() {
        return "localhost:" + grpcPort;
    }

    /// By which the commands find it.
    public Path dataDirectory() {
        return directory.path();
    }

    /// Trust bundle, PEM.
    public Path bundle() {
        return directory.bundle();
    }

    /// Everything that all runs have logged.
    public String log() {
        try {
            return Files.exists(directory.serverLog())
                    ? Files.readString(directory.serverLog())
                    : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
