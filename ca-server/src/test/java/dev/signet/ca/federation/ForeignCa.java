package dev.signet.ca.federation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.signet.ca.TestCertificates;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Another trust domain: roots, and a bundle endpoint that shows and answers what it is told.
final class ForeignCa implements AutoCloseable {

    /// A CA's key and its self-signed certificate.
    record Root(KeyPair key, X509Certificate certificate) {}

    private static final AtomicInteger SERIAL = new AtomicInteger(1);

    private HttpsServer server;
    private int port;
    volatile int status = 200;
    volatile String contentType = "application/json";
    volatile String location;
    volatile byte[] body = new byte[0];
    final AtomicInteger requests = new AtomicInteger();

    static KeyPair key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// @param uri in its subjectAltName; null: none
    static Root root(String name, String uri) {
        KeyPair key = key();
        return new Root(key, certificate(name, key, name, key, true, uri, null));
    }

    static X509Certificate certificate(
            String issuer,
            KeyPair issuerKey,
            String subject,
            KeyPair key,
            boolean authority,
            String uri,
            String dns) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name("CN=" + issuer),
                            BigInteger.valueOf(SERIAL.getAndIncrement()),
                            Date.from(now.minusSeconds(60)),
                            Date.from(now.plusSeconds(3_600)),
                            new X500Name("CN=" + subject),
                            key.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
            if (uri != null || dns != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                uri != null
                                        ? new GeneralName(
                                                GeneralName.uniformResourceIdentifier, uri)
                                        : new GeneralName(GeneralName.dNSName, dns)));
            }
            return TestCertificates.parse(
                    builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(issuerKey.getPrivate()))
                            .getEncoded());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// A SPIFFE bundle.
    static String bundle(long sequence, Root... roots) {
        return "{\"spiffe_sequence\":"
                + sequence
                + ",\"spiffe_refresh_hint\":1,\"keys\":"
                + Arrays.stream(roots)
                        .map(root -> {
                            try {
                                return "{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\""
                                        + Base64.getEncoder()
                                                .encodeToString(root.certificate().getEncoded())
                                        + "\"]}";
                            } catch (java.security.cert.CertificateException e) {
                                throw new AssertionError(e);
                            }
                        })
                        .collect(Collectors.joining(",", "[", "]"))
                + "}";
    }

    void answer(String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
    }

    /// Begins to serve, or goes on with another certificate on the same port.
    void serve(KeyPair key, X509Certificate certificate) throws Exception {
        if (server != null) {
            server.stop(0);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("k", key.getPrivate(), new char[0], new Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server =
                HttpsServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
        port = server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws java.io.IOException {
        try (exchange) {
            requests.incrementAndGet();
            boolean root = exchange.getRequestURI().getPath().equals("/");
            exchange.getResponseHeaders().set("Content-Type", contentType);
            if (root && location != null) {
                exchange.getResponseHeaders().set("Location", location);
            }
            byte[] sent = body;
            exchange.sendResponseHeaders(root ? status : 200, sent.length == 0 ? -1 : sent.length);
            exchange.getResponseBody().write(sent);
        }
    }

    String url() {
        return "https://localhost:" + port + "/";
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
    }
}
