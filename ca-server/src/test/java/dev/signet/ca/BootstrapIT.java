package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// From nobody to the first admin.
class BootstrapIT {

    @Test
    void theBootstrapTokenLetsOneAdminInAndThenThereAreNoMore() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig =
                        ServerRig.start(
                                site,
                                database,
                                Map.of(
                                        "signet.admin.port",
                                        "0",
                                        "signet.admin.address",
                                        "127.0.0.1"))) {
            CreatedJoinToken token = rig.server.createBootstrapToken().orElseThrow();
            KeyPair keys = ServerRig.newKeys();
            IssuedCertificate issued =
                    ServerRig.with(rig.certificates(), "Join " + token.secret())
                            .issueCertificate(
                                    IssueCertificateRequest.newBuilder()
                                            .setCertificateSigningRequest(
                                                    ByteString.copyFrom(ServerRig.csr(keys)))
                                            .build())
                            .getCertificate();
            assertThat(issued.getSpiffeId())
                    .isEqualTo("spiffe://signet.test/signet/operator/bootstrap");

            HttpResponse<String> me =
                    get(rig, "/v1/me", context(rig.roots(), keys, ServerRig.chain(issued)));

            assertThat(me.statusCode()).as(me.body()).isEqualTo(200);
            assertThat(me.body()).contains("admin", "signet/operator/bootstrap");
            assertThat(rig.server.createBootstrapToken()).isEmpty();
        }
    }

    @Test
    void thereIsNoTokenWhereNobodyWantsOne() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig =
                        ServerRig.start(
                                site,
                                database,
                                Map.of(
                                        "signet.admin.port",
                                        "0",
                                        "signet.admin.bootstrap",
                                        "false"))) {
            assertThat(rig.server.createBootstrapToken()).isEmpty();
        }
    }

    private static HttpResponse<String> get(ServerRig rig, String path, SSLContext tls)
            throws Exception {
        try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "https://localhost:"
                                                    + rig.server.adminPort().orElseThrow()
                                                    + path))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static SSLContext context(
            List<X509Certificate> roots, KeyPair keys, List<X509Certificate> chain)
            throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", roots.getFirst());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore shown = KeyStore.getInstance("PKCS12");
        shown.load(null, null);
        shown.setKeyEntry(
                "client", keys.getPrivate(), new char[0], chain.toArray(X509Certificate[]::new));
        KeyManagerFactory client =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        client.init(shown, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(client.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
