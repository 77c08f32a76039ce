package dev.signet.issuer.csr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.client.ClientErrors;
import dev.signet.issuer.TestClock;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.TestStatuses;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.IssuerSettings;
import dev.signet.issuer.connection.TestConnections;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.queue.WorkQueue.Next;
import dev.signet.issuer.signing.Signer;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

class SigningRequestsTest {

    private final TestClock clock = new TestClock();
    private final TestConnections ca = new TestConnections();
    private final TestStatuses api = new TestStatuses();
    private final List<IssuerRef> reviewed = new ArrayList<>();
    private boolean mayReference = true;
    private final SigningRequests controller =
            new SigningRequests(
                    new Signer(
                            ca.connections,
                            "prod",
                            clock,
                            new Random(1),
                            new SimpleMeterRegistry(),
                            issuer -> {}),
                    (request, issuer) -> {
                        reviewed.add(issuer);
                        return mayReference;
                    },
                    api,
                    api,
                    new Conditions(clock));

    private String signer = "signetclusterissuers.signet.dev/ci";
    private String pem =
            new String(
                    TestRequests.request().dns("a.example.org").pem(), StandardCharsets.US_ASCII);
    private Integer seconds;
    private Map<String, String> annotations = Map.of();

    @BeforeEach
    void ready() {
        IssuerSettings plain =
                IssuerSettings.of(
                        new dev.signet.issuer.api.IssuerSpec(
                                List.of("ca:1"),
                                new dev.signet.issuer.api.IssuerSpec.BundleSource(
                                        "pem", null, null),
                                null,
                                null,
                                null,
                                null));
        ca.ready(IssuerRef.cluster("ci"), plain, TestClock.START);
        ca.ready(IssuerRef.namespaced("shop", "own.v1"), plain, TestClock.START);
    }

    private CertificateSigningRequest request(String... conditions) {
        CertificateSigningRequestBuilder builder =
                new CertificateSigningRequestBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withUid("u1")
                        .withResourceVersion("5")
                        .withCreationTimestamp(TestClock.START.toString())
                        .withAnnotations(annotations)
                        .endMetadata()
                        .withNewSpec()
                        .withSignerName(signer)
                        .withRequest(
                                Base64.getEncoder()
                                        .encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                        .withUsages("digital signature", "server auth")
                        .withExpirationSeconds(seconds)
                        .withUsername("alice")
                        .endSpec()
                        .withNewStatus()
                        .endStatus();
        for (String type : conditions) {
            builder.editStatus()
                    .addNewCondition()
                    .withType(type)
                    .withStatus("True")
                    .withLastTransitionTime(TestClock.START.toString())
                    .endCondition()
                    .endStatus();
        }
        return builder.build();
    }

    private CertificateSigningRequestStatus written() {
        assertThat(api.written).hasSize(1);
        return ((CertificateSigningRequest) api.written.get(0)).getStatus();
    }

    private void failedWith(String reason) {
        assertThat(written().getConditions()).hasSize(1);
        assertThat(written().getConditions().get(0).getType()).isEqualTo("Failed");
        assertThat(written().getConditions().get(0).getReason()).isEqualTo(reason);
        assertThat(written().getCertificate()).isNull();
    }

    @Test
    void signsWhatIsApprovedAndWritesTheChainAlone() {
        assertThat(controller.reconcile(request("Approved"))).isEqualTo(Next.DONE);
        assertThat(new String(Base64.getDecoder().decode(written().getCertificate())))
                .startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(written().getConditions()).isEmpty();
        assertThat(ca.asked.get(0).lifetime()).isEqualTo(Duration.ofDays(90).plusSeconds(1));
        assertThat(ca.asked.get(0).attributes())
                .containsEntry("requester.username", "alice")
                .doesNotContainKey("namespace");
        assertThat(reviewed).isEmpty();
    }

    @Test
    void leavesAloneWhatIsNotApprovedOrDecidedOrForeign() {
        controller.reconcile(request());
        controller.reconcile(request("Approved", "Denied"));
        controller.reconcile(request("Approved", "Failed"));
        for (String foreign :
                List.of(
                        "kubernetes.io/kube-apiserver-client",
                        "clusterissuers.cert-manager.io/ci",
                        "signetclusterissuers.signet.dev/",
                        "signetissuers.signet.dev/nodot",
                        "signetissuers.signet.dev/.x",
                        "signetissuers.signet.dev/x.")) {
            signer = foreign;
            controller.reconcile(request("Approved"));
        }
        assertThat(api.written).isEmpty();
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void aNamespacedIssuerIsForThoseWhoMayReferenceIt() {
        signer = "signetissuers.signet.dev/shop.own.v1";
        controller.reconcile(request("Approved"));
        assertThat(reviewed).containsExactly(IssuerRef.namespaced("shop", "own.v1"));
        assertThat(ca.asked).hasSize(1);
        api.written.clear();
        mayReference = false;
        controller.reconcile(request("Approved"));
        failedWith("DeniedReference");
        assertThat(ca.asked).hasSize(1);
    }

    @Test
    void theAnnotationsDurationBeatsTheSeconds() {
        seconds = 3600;
        controller.reconcile(request("Approved"));
        assertThat(ca.asked.get(0).lifetime()).isEqualTo(Duration.ofHours(1).plusSeconds(1));
        annotations = Map.of("experimental.cert-manager.io/request-duration", "3h");
        controller.reconcile(request("Approved"));
        assertThat(ca.asked.get(1).lifetime()).isEqualTo(Duration.ofHours(3).plusSeconds(1));
    }

    @Test
    void aDurationBelow600SecondsHasFailed() {
        seconds = 599;
        controller.reconcile(request("Approved"));
        failedWith("InvalidDuration");
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void asksForACaWhereTheAnnotationSaysSo() {
        annotations = Map.of("experimental.cert-manager.io/request-is-ca", "true");
        controller.reconcile(request("Approved"));
        assertThat(ca.asked.get(0).requested().certificateAuthority()).isTrue();
    }

    @Test
    void aMalformedRequestHasFailed() {
        pem = "garbage";
        controller.reconcile(request("Approved"));
        failedWith("MalformedRequest");
    }

    @Test
    void nameConstraintsAreNotDroppedInSilence() {
        pem =
                new String(
                        TestRequests.request().basicConstraints(true).nameConstraints().pem(),
                        StandardCharsets.US_ASCII);
        annotations = Map.of("experimental.cert-manager.io/request-is-ca", "true");
        controller.reconcile(request("Approved"));
        failedWith("MalformedRequest");
    }

    @Test
    void aRefusalHasFailed() {
        ca.answer =
                () -> {
                    throw ClientErrors.refused("POLICY_DENIED");
                };
        controller.reconcile(request("Approved"));
        failedWith("PolicyDenied");
    }

    @Test
    void whatWaitsShowsInOneEventAndInNoStatus() {
        ca.notReady(IssuerRef.cluster("ci"));
        assertThat(controller.reconcile(request("Approved"))).isInstanceOf(Next.After.class);
        controller.reconcile(request("Approved"));
        assertThat(api.written).isEmpty();
        assertThat(api.events).containsExactly("NORMAL IssuerNotReady");
    }
}
