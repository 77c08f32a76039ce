package dev.signet.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.PostgresProcess;
import dev.signet.cli.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// The log as `signet server` configures it.
class ServerLogIT {

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"})
    void R20_noSecretIsInTheLogAtAnyLevelAndTheLogIsItsOwnersAlone(String level) throws Exception {
        Path log = directory.resolve("canary-" + level + ".log");
        List<String> secrets = new ArrayList<>();
        String output;
        try (PostgresProcess postgres = PostgresProcess.start(directory.resolve("postgres"));
                ServerProcess server =
                        ServerProcess.start(
                                directory.resolve("server-" + level),
                                postgres,
                                Map.of("signet.log-level", level),
                                List.of(
                                        "-XX:+UseSerialGC",
                                        "-Xmx256m",
                                        "-Dsignet-log.file=" + log,
                                        "-Dsignet-log.screen=ALL",
                                        "-Dsignet-log.erase=",
                                        "-Dlogback.configurationFile=dev/signet/cli/"
                                                + "logback-server.xml"))) {
            String operator =
                    Files.readString(server.dataDirectory().resolve("operator-credential")).strip();
            secrets.add(operator);
            secrets.add(server.joinToken("spiffe://test.signet/host/canary"));
            assertThat(send(server, "Operator " + operator).statusCode()).isEqualTo(200);
            for (String scheme : List.of("Operator ", "Bearer ", "Join ", "Basic ", "")) {
                String secret = "canary" + HexFormat.of().formatHex(random());
                secrets.add(secret);
                assertThat(send(server, scheme + secret).statusCode()).isIn(401, 429);
            }
            server.stop();
            output = server.log() + Files.readString(log);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-------");
        }
        if (!level.equals("WARN") && !level.equals("ERROR")) {
            assertThat(output).as("the log was seen").contains("gRPC on port");
        }
        for (String secret : secrets) {
            assertThat(secret.length()).isGreaterThan(20);
            assertThat(output.contains(secret)).as("the whole of a secret").isFalse();
            assertThat(output.contains(secret.substring(secret.length() / 2)))
                    .as("half of a secret")
                    .isFalse();
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static HttpResponse<String> send(ServerProcess server, String authorization)
            throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new TrustingAll()}, null);
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "https://localhost:" + server.adminPort() + "/v1/me"))
                            .header("Authorization", authorization)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

        @Override
        public void checkServerTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

        @Override
        public void checkClientTrusted(X509Certificate[] c, String t, SSLEngine e) {}

        @Override
        public void checkServerTrusted(X509Certificate[] c, String t, SSLEngine e) {}

        @Override
        public void checkClientTrusted(X509Certificate[] c, String t) {}

        @Override
        public void checkServerTrusted(X509Certificate[] c, String t) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
