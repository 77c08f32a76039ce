package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.ListCertificatesRequest;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The main job on real parts: PostgreSQL, TLS, gRPC, HTTP.
class ServerIT {

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig rig;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        rig = ServerRig.start(site, database, Map.of());
    }

    @AfterAll
    static void stop() {
        rig.close();
        site.close();
        database.close();
    }

    @Test
    void issuesToTheBearerOfAServiceAccountToken() throws Exception {
        IssuedCertificate issued = issueWithToken("orders");
        assertThat(issued.getSpiffeId()).isEqualTo("spiffe://signet.test/ns/shop/sa/orders");
        List<X509Certificate> chain = ServerRig.chain(issued);
        assertThat(chain).hasSize(2);
        verify(chain);
        assertThat(
                        Duration.ofSeconds(
                                issued.getNotAfter().getSeconds()
                                        - issued.getNotBefore().getSeconds()
                                        + 1))
                .isEqualTo(Duration.ofHours(1));
        assertThat(issued.getRenewalWindow().getStart().getSeconds())
                .isLessThan(issued.getRenewalWindow().getEnd().getSeconds());
    }

    @Test
    void issuesOnceForAJoinToken() throws Exception {
        String id = "spiffe://signet.test/host/one";
        String token = rig.joinToken(id);
        KeyPair keys = ServerRig.newKeys();
        IssueCertificateRequest request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(ServerRig.csr(keys)))
                        .setRequestId(uuidV7().toString())
                        .build();
        var stub = ServerRig.with(rig.certificates(), "Join " + token);
        IssuedCertificate first = stub.issueCertificate(request).getCertificate();
        assertThat(first.getSpiffeId()).isEqualTo(id);
        assertThat(stub.issueCertificate(request).getCertificate().getSerialNumber())
                .as("a retry gets the same certificate")
                .isEqualTo(first.getSerialNumber());
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                stub.issueCertificate(
                                        request.toBuilder()
                                                .setRequestId(uuidV7().toString())
                                                .build()));
        assertThat(ServerRig.reason(refused)).isEqualTo("TOKEN_ALREADY_USED");
    }

    @Test
    void renewsOverMutualTlsForTheSameIdentity() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate first =
                ServerRig.with(
                                rig.certificates(),
                                "Bearer " + site.serviceAccountToken("shop", "payments"))
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(keys)))
                                        .build())
                        .getCertificate();
        KeyPair next = ServerRig.newKeys();
        IssuedCertificate second =
                CertificateServiceGrpc.newBlockingStub(rig.channel(keys, ServerRig.chain(first)))
                        .renewCertificate(
                                RenewCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(next)))
                                        .build())
                        .getCertificate();
        assertThat(second.getSpiffeId()).isEqualTo(first.getSpiffeId());
        assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
        assertThat(ServerRig.chain(second).getFirst().getPublicKey()).isEqualTo(next.getPublic());
    }

    @Test
    void listsWhatItIssued() throws Exception {
        IssuedCertificate issued = issueWithToken("listed");
        var page =
                rig.operator()
                        .listCertificates(
                                ListCertificatesRequest.newBuilder()
                                        .setSpiffeIdPrefix("spiffe://signet.test/ns/shop/sa/listed")
                                        .build());
        assertThat(page.getCertificatesList())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.getSerialNumber()).isEqualTo(issued.getSerialNumber());
                    assertThat(row.getEvidenceKind()).isEqualTo("kubernetes");
                    assertThat(row.getCertificate()).isEqualTo(issued.getCertificateChain(0));
                });
    }

    @Test
    void publishesOneTrustBundleOnBothPorts() throws Exception {
        var bundle =
                TrustServiceGrpc.newBlockingStub(rig.channel())
                        .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                        .getBundle();
        assertThat(bundle.getTrustDomain()).isEqualTo("signet.test");
        assertThat(bundle.getX509AuthoritiesList())
                .singleElement()
                .isEqualTo(ByteString.copyFrom(rig.roots().getFirst().getEncoded()));
        var json = rig.get("/trust-bundle");
        assertThat(json.statusCode()).isEqualTo(200);
        assertThat(json.body()).contains("\"spiffe_sequence\":" + bundle.getVersion());
    }

    @Test
    void isReadyAndTellsItsMetrics() throws Exception {
        issueWithToken("metrics");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(rig.get("/readyz").body()).isEqualTo("{\"status\":\"ready\"}"));
        assertThat(rig.get("/metrics").body())
                .contains("signet_authority_expiry_seconds")
                .contains(
                        "signet_grpc_calls_total{method=\"signet.v1.CertificateService/IssueCertificate\",status=\"OK\"}");
    }

    @Test
    void refusesWhatIsWrongWithItsCodeAndStatus() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssueCertificateRequest good =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(ServerRig.csr(keys)))
                        .build();
        String bearer = "Bearer " + site.serviceAccountToken("shop", "refused");
        byte[] broken = ServerRig.csr(keys);
        broken[broken.length - 3] ^= 1;
        record Case(
                String name,
                String authorization,
                IssueCertificateRequest request,
                Status.Code status,
                String reason) {}
        List<Case> cases =
                List.of(
                        new Case(
                                "forged token",
                                bearer.substring(0, bearer.length() - 6) + "AAAAAA",
                                good,
                                Status.Code.UNAUTHENTICATED,
                                "UNAUTHENTICATED"),
                        new Case(
                                "unknown join token",
                                "Join " + "x".repeat(43),
                                good,
                                Status.Code.UNAUTHENTICATED,
                                "UNAUTHENTICATED"),
                        new Case(
                                "no CSR",
                                bearer,
                                good.toBuilder().clearCertificateSigningRequest().build(),
                                Status.Code.INVALID_ARGUMENT,
                                "CSR_MALFORMED"),
                        new Case(
                                "large CSR",
                                bearer,
                                good.toBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(new byte[20_000]))
                                        .build(),
                                Status.Code.INVALID_ARGUMENT,
                                "CSR_MALFORMED"),
                        new Case(
                                "broken CSR",
                                bearer,
                                good.toBuilder()
                                        .setCertificateSigningRequest(ByteString.copyFrom(broken))
                                        .build(),
                                Status.Code.INVALID_ARGUMENT,
                                "CSR_SIGNATURE_INVALID"),
                        new Case(
                                "request id",
                                bearer,
                                good.toBuilder().setRequestId("1-1-1-1-1").build(),
                                Status.Code.INVALID_ARGUMENT,
                                "INVALID_ARGUMENT"),
                        new Case(
                                "SPIFFE ID",
                                bearer,
                                good.toBuilder().setSpiffeId("https://signet.test/a").build(),
                                Status.Code.INVALID_ARGUMENT,
                                "INVALID_ARGUMENT"),
                        new Case(
                                "foreign identity",
                                bearer,
                                good.toBuilder()
                                        .setSpiffeId("spiffe://signet.test/ns/shop/sa/other")
                                        .build(),
                                Status.Code.PERMISSION_DENIED,
                                "IDENTITY_NOT_GRANTED"),
                        new Case(
                                "long life",
                                bearer,
                                good.toBuilder()
                                        .setLifetime(
                                                com.google.protobuf.Duration.newBuilder()
                                                        .setSeconds(90_000))
                                        .build(),
                                Status.Code.INVALID_ARGUMENT,
                                "LIFETIME_NOT_GRANTED"),
                        new Case(
                                "short life",
                                bearer,
                                good.toBuilder()
                                        .setLifetime(
                                                com.google.protobuf.Duration.newBuilder()
                                                        .setSeconds(1))
                                        .build(),
                                Status.Code.INVALID_ARGUMENT,
                                "LIFETIME_NOT_GRANTED"));
        var stub = rig.certificates();
        for (Case c : cases) {
            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () ->
                                    ServerRig.with(stub, c.authorization())
                                            .issueCertificate(c.request()));
            assertThat(refused).as(c.name()).isNotNull();
            assertThat(refused.getStatus().getCode()).as(c.name()).isEqualTo(c.status());
            assertThat(ServerRig.reason(refused)).as(c.name()).isEqualTo(c.reason());
        }
    }

    private static IssuedCertificate issueWithToken(String serviceAccount) throws Exception {
        return ServerRig.with(
                        rig.certificates(),
                        "Bearer " + site.serviceAccountToken("shop", serviceAccount))
                .issueCertificate(
                        IssueCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                                .build())
                .getCertificate();
    }

    private static void verify(List<X509Certificate> chain) throws Exception {
        Set<TrustAnchor> anchors =
                rig.roots().stream()
                        .map(root -> new TrustAnchor(root, null))
                        .collect(Collectors.toSet());
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(chain),
                        parameters);
    }

    static UUID uuidV7() {
        long millis = Instant.now().toEpochMilli();
        UUID random = UUID.randomUUID();
        return new UUID(
                millis << 16 | 0x7000 | (random.getMostSignificantBits() & 0xfff),
                random.getLeastSignificantBits());
    }
}
