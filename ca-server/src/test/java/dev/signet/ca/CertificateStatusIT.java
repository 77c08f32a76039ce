package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationCause;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;
import dev.signet.proto.v1.IssueCertificateRequest;

import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Two whole servers: what a certificate says of its status, and what is there when one asks.
class CertificateStatusIT {

    private static final String URL = "http://ca.example.org";
    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "signet.status.base-url",
                    URL,
                    "signet.policy.max-lifetime",
                    "72h",
                    "signet.policy.default-lifetime",
                    "48h");
    private static final String PUBLISHED =
            """
            apiVersion: signet.dev/v1
            profiles:
              - name: long-lived
                extendedKeyUsages: [serverAuth]
                revocation: published
            rules:
              - name: everybody
                when: evidence.kind == 'join-token'
                grant:
                  spiffeId: "{evidence.spiffeId}"
                  profile: long-lived
            """;

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig here;
    private static ServerRig there;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        here = ServerRig.start(site, database, SETTINGS);
        there = ServerRig.start(site, database, SETTINGS);
    }

    @AfterAll
    static void stop() {
        there.close();
        here.close();
        site.close();
        database.close();
    }

    private static List<X509Certificate> issue(String path) throws Exception {
        String token = here.joinToken("spiffe://signet.test" + path);
        return ServerRig.chain(
                ServerRig.with(here.certificates(), "Join " + token)
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(
                                                        ServerRig.csr(ServerRig.newKeys())))
                                        .build())
                        .getCertificate());
    }

    private static String crlUri(X509Certificate leaf) throws Exception {
        CRLDistPoint points =
                CRLDistPoint.getInstance(
                        new JcaX509CertificateHolder(leaf)
                                .getExtension(Extension.cRLDistributionPoints)
                                .getParsedValue());
        return GeneralNames.getInstance(
                        points.getDistributionPoints()[0].getDistributionPoint().getName())
                .getNames()[0]
                .getName()
                .toString();
    }

    private static HttpResponse<byte[]> send(
            ServerRig rig, HttpRequest.Builder request, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    request.uri(URI.create("http://127.0.0.1:" + rig.server.httpPort() + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static X509CRL crl(ServerRig rig, String uri) throws Exception {
        assertThat(uri).startsWith(URL);
        HttpResponse<byte[]> response =
                send(rig, HttpRequest.newBuilder(), uri.substring(URL.length()));
        return response.statusCode() == 200
                ? (X509CRL)
                        CertificateFactory.getInstance("X.509")
                                .generateCRL(new ByteArrayInputStream(response.body()))
                : null;
    }

    private static CertificateStatus ocsp(ServerRig rig, List<X509Certificate> chain)
            throws Exception {
        byte[] request =
                new OCSPReqBuilder()
                        .addRequest(
                                new CertificateID(
                                        new JcaDigestCalculatorProviderBuilder()
                                                .build()
                                                .get(CertificateID.HASH_SHA1),
                                        new X509CertificateHolder(chain.get(1).getEncoded()),
                                        chain.getFirst().getSerialNumber()))
                        .build()
                        .getEncoded();
        HttpResponse<byte[]> response =
                send(
                        rig,
                        HttpRequest.newBuilder()
                                .POST(HttpRequest.BodyPublishers.ofByteArray(request)),
                        "/ocsp");
        OCSPResp answer = new OCSPResp(response.body());
        assertThat(answer.getStatus()).isEqualTo(OCSPResp.SUCCESSFUL);
        return ((BasicOCSPResp) answer.getResponseObject()).getResponses()[0].getCertStatus();
    }

    @Test
    void aRevocationIsInTheCrlAndInTheAnswersOfEveryReplicaWithinSeconds() throws Exception {
        List<X509Certificate> chain = issue("/host/revoked");
        X509Certificate leaf = chain.getFirst();
        String uri = crlUri(leaf);
        for (ServerRig rig : List.of(here, there)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> crl(rig, uri) != null);
            assertThat(crl(rig, uri).isRevoked(leaf)).isFalse();
            assertThat(ocsp(rig, chain)).isEqualTo(CertificateStatus.GOOD);
        }
        Revocations revocations = there.server.part(Revocations.class);
        assertThat(
                        revocations.revoke(
                                SerialNumber.fromOctets(leaf.getSerialNumber().toByteArray())
                                        .orElseThrow(),
                                new RevocationCause(RevocationReason.KEY_COMPROMISE, "lost", ANNA)))
                .isInstanceOf(Revocations.Outcome.Revoked.class);
        for (ServerRig rig : List.of(here, there)) {
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> ocsp(rig, chain) instanceof RevokedStatus);
            await().atMost(Duration.ofSeconds(5)).until(() -> crl(rig, uri).isRevoked(leaf));
            crl(rig, uri).verify(chain.get(1).getPublicKey());
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(crl(here, uri).getEncoded())
                                .isEqualTo(crl(there, uri).getEncoded()));
    }

    @Test
    void theIssuingCaNamesTheCrlOfItsRootAndTheBundleHasThatOfAPreparedOne() throws Exception {
        X509Certificate issuing = issue("/host/chain").get(1);
        String uri = crlUri(issuing);
        String issuerId =
                here.server.part(KnownAuthorities.class).described().stream()
                        .filter(authority -> authority.role().equals("root"))
                        .findFirst()
                        .orElseThrow()
                        .id();
        assertThat(uri).isEqualTo(URL + "/crl/" + issuerId + "/full.crl");
        for (ServerRig rig : List.of(here, there)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> crl(rig, uri) != null);
            assertThat(crl(rig, uri).isRevoked(issuing)).isFalse();
        }
        assertThat(
                        here.server
                                .part(AuthorityLifeCycle.class)
                                .prepareIssuing(AuthorityLifeCycle.ANY, "a test"))
                .isInstanceOf(AuthorityLifeCycle.Change.Done.class);
        for (ServerRig rig : List.of(here, there)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> bundled(rig) == 3);
        }
    }

    /// CRLs in the PEM bundle; 0: there is none yet.
    private static int bundled(ServerRig rig) throws Exception {
        HttpResponse<byte[]> response = send(rig, HttpRequest.newBuilder(), "/crl/full.pem");
        return response.statusCode() == 200
                ? CertificateFactory.getInstance("X.509")
                        .generateCRLs(new ByteArrayInputStream(response.body()))
                        .size()
                : 0;
    }

    @Test
    void aServerWithoutABaseUrlRefusesAPolicyThatWantsPointers() throws Exception {
        assertThat(here.server.part(AdminActs.class).createPolicy(ANNA, PUBLISHED, "pointers"))
                .isInstanceOf(ActOutcome.Done.class);
        try (TestDatabase other = TestDatabase.create();
                ServerRig without = ServerRig.start(site, other, Map.of())) {
            assertThat(
                            without.server
                                    .part(AdminActs.class)
                                    .createPolicy(ANNA, PUBLISHED, "pointers"))
                    .isInstanceOfSatisfying(
                            ActOutcome.Refused.class,
                            refused ->
                                    assertThat(refused.toString())
                                            .contains("signet.status.base-url"));
        }
    }
}
