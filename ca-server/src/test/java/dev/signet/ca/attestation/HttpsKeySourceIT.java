package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.signet.ca.TestCertificates;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

class HttpsKeySourceIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String CANARY = "canary-of-an-internal-page";

    @TempDir Path directory;

    private final List<Map.Entry<String, String>> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final TestIssuer issuer = new TestIssuer("https://issuer.example", "k", "ES256");
    private HttpsServer server;
    private Path caFile;

    @BeforeEach
    void serve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair key = generator.generateKeyPair();
        X509Certificate certificate = selfSigned(key);
        caFile = directory.resolve("ca.pem");
        Files.write(caFile, TestCertificates.pem("CERTIFICATE", certificate.getEncoded()));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("k", key.getPrivate(), new char[0], new Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    @Test
    void readsTheKeySet() throws Exception {
        try (HttpsKeySource source = source("/jwks", null)) {
            assertThat(source.read()).isEqualTo(TestIssuer.jwks(issuer));
            assertThat(source.read()).isEqualTo(TestIssuer.jwks(issuer));
        }
    }

    @Test
    void sendsTheBearerTokenThatTheFileHoldsNow() throws Exception {
        Path bearer = directory.resolve("token");
        try (HttpsKeySource source = source("/jwks", bearer)) {
            assertThatThrownBy(source::read).isInstanceOf(KeysUnavailableException.class);
            Files.writeString(bearer, "first\n");
            source.read();
            Files.writeString(bearer, "second\n");
            source.read();
        }
        assertThat(asked)
                .extracting(Map.Entry::getValue)
                .containsExactly("Bearer first", "Bearer second");
    }

    @Test
    void R14_followsNoRedirect() {
        try (HttpsKeySource source = source("/redirect", null)) {
            assertThatThrownBy(source::read).hasMessageContaining("302");
        }
        assertThat(asked).extracting(Map.Entry::getKey).containsExactly("/redirect");
    }

    @Test
    void R14_showsNothingOfAnAnswer() {
        for (String path : List.of("/error", "/html")) {
            try (HttpsKeySource source = source(path, null)) {
                assertThatThrownBy(() -> KeySet.parse(source.read(), null, TestCertificates.CRYPTO))
                        .isInstanceOf(KeysUnavailableException.class)
                        .hasMessageNotContaining(CANARY)
                        .hasNoCause();
            }
        }
    }

    @Test
    void R14_readsNoMoreThanTheBound() {
        try (HttpsKeySource source = source("/endless", null)) {
            assertThatThrownBy(source::read).isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Test
    void R14_waitsNoLongerThanTheTimeout() {
        for (String path : List.of("/silent", "/dripping")) {
            long begin = System.nanoTime();
            try (HttpsKeySource source =
                    new HttpsKeySource(url(path), caFile, null, Duration.ofMillis(300))) {
                assertThatThrownBy(source::read).isInstanceOf(KeysUnavailableException.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void trustsTheConfiguredCaOnly() {
        try (HttpsKeySource source = new HttpsKeySource(url("/jwks"), null, null, TIMEOUT)) {
            assertThatThrownBy(source::read).isInstanceOf(KeysUnavailableException.class);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void readsAFileAgainAndWithinItsBound() throws Exception {
        Path file = directory.resolve("jwks.json");
        FileKeySource source = new FileKeySource(file);
        assertThatThrownBy(source::read).isInstanceOf(KeysUnavailableException.class);
        Files.write(file, TestIssuer.jwks(issuer));
        assertThat(source.read()).isEqualTo(TestIssuer.jwks(issuer));
        Files.write(file, new byte[KeySet.MAX_OCTETS + 1]);
        assertThatThrownBy(source::read).hasMessageContaining("larger");
    }

    private HttpsKeySource source(String path, Path bearer) {
        return new HttpsKeySource(url(path), caFile, bearer, TIMEOUT);
    }

    private URI url(String path) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + path);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String credential = exchange.getRequestHeaders().getFirst("Authorization");
        asked.add(Map.entry(path, credential == null ? "" : credential));
        try (exchange) {
            switch (path) {
                case "/jwks" -> send(exchange, 200, TestIssuer.jwks(issuer));
                case "/redirect" -> {
                    exchange.getResponseHeaders().add("Location", url("/jwks").toString());
                    send(exchange, 302, new byte[0]);
                }
                case "/error" -> send(exchange, 500, CANARY.getBytes(StandardCharsets.UTF_8));
                case "/html" -> send(exchange, 200, CANARY.getBytes(StandardCharsets.UTF_8));
                case "/endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] spaces = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
                    while (end.getCount() > 0) {
                        exchange.getResponseBody().write(spaces);
                    }
                }
                case "/dripping" -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                    end.await();
                }
                default -> end.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static X509Certificate selfSigned(KeyPair key) throws Exception {
        Instant now = Instant.now();
        return TestCertificates.parse(
                new JcaX509v3CertificateBuilder(
                                new X500Name("CN=localhost"),
                                BigInteger.ONE,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plusSeconds(3_600)),
                                new X500Name("CN=localhost"),
                                key.getPublic())
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")))
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(key.getPrivate()))
                        .getEncoded());
    }
}
