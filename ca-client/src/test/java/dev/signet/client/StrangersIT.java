package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// What is no CA and answers in its place, by real connections.
class StrangersIT {

    private final TestCa ca = TestCa.create("example.org", Instant.now());

    private CaUnavailableException asked(String host, int port) {
        CaClient client =
                new CaClient(
                        List.of(CaAddress.parse(host + ":" + port)),
                        FirstTrust.bundle(Pem.encode(List.of(ca.root()))),
                        ClientOptions.DEFAULTS.withCallDeadline(Duration.ofSeconds(20)));
        return catchThrowableOfType(
                CaUnavailableException.class,
                () -> client.issue(CredentialSource.joinToken("/orders"), IssueRequest.DEFAULTS));
    }

    @Test
    void E32_aPortThatSpeaksHttpWithoutTlsIsNamed() throws Exception {
        try (ServerSocket web = answering("HTTP/1.1 400 Bad Request")) {
            CaUnavailableException failure = asked("localhost", web.getLocalPort());
            assertThat(failure.code()).isEqualTo("ANSWER_NOT_GRPC");
            assertThat(failure)
                    .hasMessageContaining("speaks without TLS: \"HTTP/1.1 400 Bad Request\"");
        }
    }

    @Test
    void E32_aWebServerOnTlsWithoutHttp2IsNamed() throws Exception {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls()));
        server.start();
        try {
            CaUnavailableException failure = asked("localhost", server.getAddress().getPort());
            assertThat(failure.code()).isEqualTo("ANSWER_NOT_GRPC");
            assertThat(failure).hasMessageContaining("speaks TLS but not HTTP/2");
        } finally {
            server.stop(0);
        }
    }

    private SSLContext tls() throws Exception {
        java.security.KeyPair keys = TestCa.keys();
        List<X509Certificate> chain =
                ca.leaf("/web")
                        .dns("localhost")
                        .validity(Instant.now().minusSeconds(60), Duration.ofHours(1))
                        .chain(keys.getPublic());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "web", keys.getPrivate(), new char[0], chain.toArray(new X509Certificate[0]));
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void E32_aProxyThatDoesNotConnectIsNamed() throws Exception {
        try (ServerSocket proxy = answering("HTTP/1.1 403 Forbidden")) {
            System.setProperty("https.proxyHost", "127.0.0.1");
            System.setProperty("https.proxyPort", String.valueOf(proxy.getLocalPort()));
            try {
                CaUnavailableException failure = asked("ca.example.test", 8443);
                assertThat(failure.code()).isEqualTo("PROXY_REFUSED");
                assertThat(failure).hasMessageContaining("403").hasMessageContaining("CONNECT");
            } finally {
                System.clearProperty("https.proxyHost");
                System.clearProperty("https.proxyPort");
            }
        }
    }

    private static ServerSocket answering(String line) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> answerAll(server, line));
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void answerAll(ServerSocket server, String line) {
        byte[] answer =
                (line + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                caller.getInputStream().read(new byte[1024]);
                caller.getOutputStream().write(answer);
            } catch (IOException e) {
                // The caller has gone, or the test is over.
            }
        }
    }
}
