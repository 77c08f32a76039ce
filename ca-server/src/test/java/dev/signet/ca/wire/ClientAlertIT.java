package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.Validity;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A client whose certificate is refused in the handshake is told why, not `internal_error`.
class ClientAlertIT {

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aBadClientCertificateHasAnAlertThatSaysWhy(String version) throws Exception {
        try (WireRig rig =
                WireRig.start(
                        Map.of(
                                "signet.grpc.tls.provider",
                                "OPENSSL",
                                "signet.grpc.tls.tls12",
                                "true"))) {
            Validity now = Validity.of(Instant.now().minusSeconds(10), Duration.ofHours(1));
            Validity past = Validity.of(Instant.now().minusSeconds(600), Duration.ofSeconds(60));
            alert(rig, version, WireRig.client(new TestCa("stranger"), now), "unknown_ca");
            // The name of a root that is trusted, and another key.
            alert(rig, version, WireRig.client(new TestCa(), now), "bad_certificate");
            // RFC 8446 6.2: expired, or not currently valid.
            alert(rig, version, rig.client(past), "certificate_expired");
            alert(
                    rig,
                    version,
                    rig.client(Validity.of(Instant.now().plusSeconds(900), Duration.ofHours(1))),
                    "certificate_expired");
        }
    }

    private static void alert(WireRig rig, String version, WireRig.Client client, String alert)
            throws Exception {
        SSLContext context = context(rig, client);
        for (int attempt = 0; ; attempt++) {
            try {
                handshake(context, rig.grpcPort(), version);
                throw new AssertionError("the server let " + client.certificate() + " in");
            } catch (SSLException e) {
                assertThat(e).hasMessageContaining(alert);
                return;
            } catch (SocketException e) {
                // The client was still writing when the server ended the connection.
                assertThat(attempt).as("no alert: %s", e).isLessThan(50);
            }
        }
    }

    private static void handshake(SSLContext context, int port, String version) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // In TLS 1.3 the client is done before the server has judged it.
            while (socket.getInputStream().read() >= 0) {
                // What the server sent before its alert.
            }
        }
    }

    private static SSLContext context(WireRig rig, WireRig.Client client) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", client.key(), new char[0], new Certificate[] {client.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", rig.ca.root());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
