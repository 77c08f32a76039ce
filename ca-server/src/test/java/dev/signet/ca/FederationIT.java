package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.FederationActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.endpoint.BundleEndpoint;
import dev.signet.ca.federation.EndpointProfile;
import dev.signet.ca.federation.FederatedBundles;
import dev.signet.ca.federation.Relationship;
import dev.signet.ca.federation.Relationships;
import dev.signet.ca.federation.Relationships.Wanted;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Two whole servers of two trust domains; one shows its own X509-SVID, the other a certificate
/// like a web site's.
class FederationIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final String WEB = "web.example";

    @TempDir static Path directory;

    private static TestDatabase spiffeDatabase;
    private static TestDatabase webDatabase;
    private static ServerRig.Site site;
    private static ServerRig spiffe;
    private static ServerRig web;
    private static String webRoot;

    @BeforeAll
    static void start() throws Exception {
        spiffeDatabase = TestDatabase.create();
        webDatabase = TestDatabase.create();
        site = new ServerRig.Site();
        spiffe = ServerRig.start(site, spiffeDatabase, settings(Map.of()));
        KeyPair key = ServerRig.newKeys();
        X509Certificate certificate = certificate(key);
        webRoot = pem("CERTIFICATE", certificate.getEncoded());
        Files.writeString(directory.resolve("web.pem"), webRoot);
        Files.writeString(
                directory.resolve("web.key"), pem("PRIVATE KEY", key.getPrivate().getEncoded()));
        web =
                ServerRig.start(
                        site,
                        webDatabase,
                        settings(
                                Map.of(
                                        "signet.trust-domain",
                                        WEB,
                                        "signet.federation.endpoint.profile",
                                        "HTTPS_WEB",
                                        "signet.federation.endpoint.certificate-file",
                                        directory.resolve("web.pem").toString(),
                                        "signet.federation.endpoint.key-file",
                                        directory.resolve("web.key").toString())));
    }

    @AfterAll
    static void stop() {
        spiffe.close();
        web.close();
        site.close();
        spiffeDatabase.close();
        webDatabase.close();
    }

    private static Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("signet.federation.endpoint.enabled", "true");
        settings.put("signet.federation.endpoint.address", "127.0.0.1");
        settings.put("signet.federation.endpoint.port", "0");
        settings.put("signet.federation.pull.min-interval", "1s");
        settings.put("signet.federation.pull.max-interval", "1s");
        settings.putAll(more);
        return settings;
    }

    private static X509Certificate certificate(KeyPair key) throws Exception {
        Instant now = Instant.now();
        return TestCertificates.parse(
                new JcaX509v3CertificateBuilder(
                                new X500Name("CN=web"),
                                BigInteger.TEN,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plusSeconds(3_600)),
                                new X500Name("CN=web"),
                                key.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(
                                        new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(key.getPrivate()))
                        .getEncoded());
    }

    private static String pem(String label, byte[] der) {
        return new String(TestCertificates.pem(label, der), StandardCharsets.US_ASCII);
    }

    private static URI endpoint(ServerRig of) {
        int port = of.server.part(BundleEndpoint.class).port().orElseThrow();
        return URI.create("https://127.0.0.1:" + port + "/");
    }

    /// Whom its endpoint shows itself to be.
    private static String shown(ServerRig of) throws Exception {
        Seen seen = new Seen();
        ask(of, seen, "GET", "/", null);
        return seen.uri;
    }

    private static HttpResponse<String> ask(
            ServerRig of, Seen seen, String method, String path, String tag) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {seen}, null);
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(endpoint(of).resolve(path))
                            .timeout(Duration.ofSeconds(10))
                            .method(method, HttpRequest.BodyPublishers.noBody());
            if (tag != null) {
                request.header("If-None-Match", tag);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Relationship add(ServerRig to, Wanted wanted) {
        return switch (to.server
                .part(FederationActs.class)
                .addFederation(ANNA, wanted, "ticket 7")) {
            case ActOutcome.Done<Relationship>(Relationship made) -> made;
            case ActOutcome.Refused<Relationship>(var refusal) ->
                    throw new AssertionError(refusal.toString());
            case ActOutcome.Pending<Relationship> _ -> throw new AssertionError("pending");
        };
    }

    private static List<TrustBundle> foreign(ServerRig of) {
        return of.server.part(FederatedBundles.class).current();
    }

    @Test
    void twoTrustDomainsFederateByBothProfilesAndEndIt() throws Exception {
        TrustBundle ours = spiffe.server.trustBundle();
        TrustBundle theirs = web.server.trustBundle();
        String shown = shown(spiffe);
        assertThat(shown).startsWith("spiffe://" + ServerRig.TRUST_DOMAIN + "/signet/");
        add(
                web,
                new Wanted(
                        ServerRig.TRUST_DOMAIN,
                        EndpointProfile.HTTPS_SPIFFE,
                        endpoint(spiffe).toString(),
                        shown,
                        ours.spiffeJson(),
                        null));
        add(
                spiffe,
                new Wanted(
                        WEB,
                        EndpointProfile.HTTPS_WEB,
                        endpoint(web).toString(),
                        null,
                        null,
                        webRoot));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> foreign(spiffe).size() == 1 && foreign(web).size() == 1);

        assertThat(foreign(web).getFirst().x509Authorities())
                .containsExactlyElementsOf(ours.x509Authorities());
        assertThat(foreign(web).getFirst().version()).isEqualTo(ours.version());
        assertThat(foreign(spiffe).getFirst().x509Authorities())
                .containsExactlyElementsOf(theirs.x509Authorities());
        // Never pooled with ours.
        assertThat(spiffe.server.trustBundle().x509Authorities())
                .containsExactlyElementsOf(ours.x509Authorities());
        assertThat(spiffe.roots()).hasSize(1);
        // Workloads are told.
        var told =
                TrustServiceGrpc.newBlockingStub(spiffe.channel())
                        .getTrustBundle(GetTrustBundleRequest.getDefaultInstance());
        assertThat(told.getBundle().getX509AuthoritiesCount()).isEqualTo(1);
        assertThat(told.getFederatedBundlesList())
                .singleElement()
                .satisfies(bundle -> {
                    assertThat(bundle.getTrustDomain()).isEqualTo(WEB);
                    assertThat(bundle.getX509Authorities(0).toByteArray())
                            .isEqualTo(theirs.x509Authorities().getFirst());
                });
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        spiffe.server.part(Relationships.class).all().stream()
                                .anyMatch(known ->
                                        known.lastPull() != null
                                                && known.lastPull().outcome().equals("unchanged")));

        spiffe.server
                .part(FederationActs.class)
                .removeFederation(ANNA, new TrustDomain(WEB), "ticket 8");

        await().atMost(Duration.ofSeconds(5)).until(() -> foreign(spiffe).isEmpty());
        assertThat(
                        spiffeDatabase
                                .ownerJdbcClient()
                                .sql("SELECT act FROM audit.event WHERE act LIKE 'federation.%'")
                                .query(String.class)
                                .list())
                .containsExactlyInAnyOrder("federation.add", "federation.remove");
    }

    @Test
    void theEndpointSaysTheBundleAndNothingElse() throws Exception {
        HttpResponse<String> bundle = ask(spiffe, new Seen(), "GET", "/", null);
        assertThat(bundle.statusCode()).isEqualTo(200);
        assertThat(bundle.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(bundle.body()).isEqualTo(spiffe.server.trustBundle().spiffeJson());
        String tag = bundle.headers().firstValue("ETag").orElseThrow();
        assertThat(ask(spiffe, new Seen(), "GET", "/", tag).statusCode()).isEqualTo(304);
        assertThat(ask(spiffe, new Seen(), "HEAD", "/", null).body()).isEmpty();
        assertThat(ask(spiffe, new Seen(), "POST", "/", null).statusCode()).isEqualTo(405);
        assertThat(ask(spiffe, new Seen(), "GET", "/metrics", null).statusCode()).isEqualTo(404);
        assertThat(bundle.headers().firstValue("Server")).isEmpty();
    }

    /// Trusts anybody, and remembers whom.
    private static final class Seen extends X509ExtendedTrustManager {
        private volatile String uri = "";

        private void remember(X509Certificate[] chain) {
            try {
                Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
                if (names != null) {
                    names.stream()
                            .filter(name -> name.getFirst().equals(6))
                            .forEach(name -> uri = String.valueOf(name.get(1)));
                }
            } catch (java.security.cert.CertificateParsingException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
            remember(chain);
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {
            remember(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            remember(chain);
        }

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
