package dev.signet.cli.crash;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The CA as a process of its own, on ports that stay the same over restarts.
final class CaProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);

    private final Map<String, String> settings;
    private final Path log;
    private final int grpcPort;
    private final int httpPort;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    CaProcess(Map<String, String> settings, Path log) throws IOException {
        this.log = log;
        this.grpcPort = freePort();
        this.httpPort = freePort();
        this.settings = new TreeMap<>(settings);
        this.settings.put("signet.grpc.port", Integer.toString(grpcPort));
        this.settings.put("signet.http.port", Integer.toString(httpPort));
        this.process = launch();
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx256m");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.signet.ca.CaServer");
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /// SIGKILL; returns when the process is gone.
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void start() throws IOException {
        process = launch();
    }

    boolean alive() {
        return process.isAlive();
    }

    long processId() {
        return process.pid();
    }

    String target() {
        return "localhost:" + grpcPort;
    }

    void awaitReady() {
        Awaitility.await("readiness, log in " + log)
                .atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> readiness() == 200);
    }

    /// HTTP status of the readiness endpoint; 0 when there is no answer.
    int readiness() throws InterruptedException {
        try {
            return get("/readyz").statusCode();
        } catch (IOException _) {
            return 0;
        }
    }

    String bundlePem() throws IOException, InterruptedException {
        return get("/trust-bundle.pem").body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + path))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        kill();
        http.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
