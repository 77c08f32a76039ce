package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsExchange;

import dev.signet.ca.MountedFiles;
import dev.signet.ca.TestCertificates;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.TlsFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;

/// What a client of an API server is made of, as a Secret and a ConfigMap are replaced.
class WatchedClientFilesIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir private Path directory;

    @Test
    void theClientCertificateIsShownWithItsOwnKeyWhicheverFileComesFirst() throws Exception {
        try (TestHttps server = TestHttps.serve(directory, WatchedClientFilesIT::sayWhoAsks)) {
            KeyPair key = TestHttps.newKey();
            X509Certificate shown = TestHttps.selfSigned(key, "client-0");
            MountedFiles secret =
                    MountedFiles.in(
                            Files.createDirectory(directory.resolve("secret")), files(shown, key));
            TlsFiles files =
                    new TlsFiles(server.caFile(), secret.file("tls.crt"), secret.file("tls.key"));
            try (var https = new dev.signet.ca.egress.HttpsExchange(files)) {
                assertThat(asked(https, server)).isEqualTo("CN=client-0");
                for (int i = 1; i <= 3; i++) {
                    KeyPair nextKey = TestHttps.newKey();
                    X509Certificate next = TestHttps.selfSigned(nextKey, "client-" + i);
                    secret.replace(files(shown, nextKey));
                    assertThat(asked(https, server)).isEqualTo("CN=client-" + (i - 1));
                    assertThat(https.stale()).isPositive();
                    secret.replace(files(next, nextKey));
                    assertThat(asked(https, server)).isEqualTo("CN=client-" + i);
                    assertThat(https.stale()).isZero();
                    shown = next;
                }
            }
        }
    }

    @Test
    void theCaFileIsFollowed() throws Exception {
        try (TestHttps server = TestHttps.serve(directory, WatchedClientFilesIT::sayWhoAsks)) {
            byte[] own = Files.readAllBytes(server.caFile());
            byte[] other =
                    TestCertificates.pem(
                            "CERTIFICATE",
                            TestHttps.selfSigned(TestHttps.newKey(), "localhost").getEncoded());
            MountedFiles mounted =
                    MountedFiles.in(
                            Files.createDirectory(directory.resolve("ca")), Map.of("ca.crt", own));
            try (var https =
                    new dev.signet.ca.egress.HttpsExchange(
                            TlsFiles.trusting(mounted.file("ca.crt")))) {
                assertThat(asked(https, server)).isEqualTo("nobody");
                for (int i = 0; i < 3; i++) {
                    mounted.replace(Map.of("ca.crt", other));
                    assertThatThrownBy(() -> asked(https, server))
                            .isInstanceOf(HttpsFailureException.class);
                    mounted.replace(Map.of("ca.crt", own));
                    assertThat(asked(https, server)).isEqualTo("nobody");
                    mounted.replace(Map.of());
                    assertThat(asked(https, server)).isEqualTo("nobody");
                    assertThat(https.stale()).isPositive();
                }
            }
        }
    }

    @Test
    void theBearerTokenIsFollowed() throws Exception {
        MountedFiles mounted =
                MountedFiles.in(directory, Map.of("token", "t0".getBytes(StandardCharsets.UTF_8)));
        for (int i = 1; i <= 3; i++) {
            mounted.replace(Map.of("token", ("t" + i).getBytes(StandardCharsets.UTF_8)));
            assertThat(BearerFile.read(mounted.file("token"))).isEqualTo("t" + i);
        }
    }

    private static Map<String, byte[]> files(X509Certificate certificate, KeyPair key)
            throws Exception {
        return Map.of(
                "tls.crt", TestCertificates.pem("CERTIFICATE", certificate.getEncoded()),
                "tls.key", TestCertificates.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    }

    private static String asked(dev.signet.ca.egress.HttpsExchange https, TestHttps server)
            throws HttpsFailureException {
        return new String(
                https.send(HttpRequest.newBuilder(server.url("/")), 1_000, TIMEOUT).octets(),
                StandardCharsets.UTF_8);
    }

    private static void sayWhoAsks(com.sun.net.httpserver.HttpExchange exchange)
            throws java.io.IOException {
        String who;
        try {
            who =
                    ((X509Certificate)
                                    ((HttpsExchange) exchange)
                                            .getSSLSession()
                                            .getPeerCertificates()[0])
                            .getSubjectX500Principal()
                            .getName();
        } catch (javax.net.ssl.SSLPeerUnverifiedException _) {
            who = "nobody";
        }
        byte[] body = who.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
