package dev.signet.issuer.certmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.client.ClientErrors;
import dev.signet.client.SubjectRequest;
import dev.signet.issuer.TestClock;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.TestStatuses;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.TestConnections;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.StatusWriter.Written;
import dev.signet.issuer.queue.WorkQueue.Next;
import dev.signet.issuer.signing.Signer;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
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

class CertificateRequestsTest {

    private static final IssuerRef ISSUER = IssuerRef.cluster("ci");

    private final TestClock clock = new TestClock();
    private final TestConnections ca = new TestConnections();
    private final TestStatuses api = new TestStatuses();
    private final CertificateRequests controller =
            new CertificateRequests(
                    new Signer(
                            ca.connections,
                            "prod",
                            clock,
                            new Random(1),
                            new SimpleMeterRegistry(),
                            issuer -> {}),
                    api,
                    api,
                    new Conditions(clock));

    private CertificateRequest.Spec spec = spec("signet.dev", "SignetClusterIssuer", "ci");
    private final List<Condition> conditions = new ArrayList<>();

    @BeforeEach
    void ready() {
        ca.ready(ISSUER, TestClock.START);
    }

    private static CertificateRequest.Spec spec(String group, String kind, String name) {
        return spec(
                TestRequests.request().dns("a.example.org").base64(),
                new CertificateRequest.IssuerReference(name, kind, group),
                null,
                null);
    }

    private static CertificateRequest.Spec spec(
            String request,
            CertificateRequest.IssuerReference issuer,
            String duration,
            Boolean isCa) {
        return new CertificateRequest.Spec(
                request,
                issuer,
                duration,
                isCa,
                List.of("digital signature", "server auth"),
                "system:serviceaccount:cert-manager:cert-manager",
                "uid",
                List.of("a", "b"));
    }

    private CertificateRequestsTest with(String type) {
        return with(type, "True", "by-test", TestClock.START.toString());
    }

    private CertificateRequestsTest with(String type, String status, String reason, String at) {
        conditions.add(
                new ConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason(reason)
                        .withMessage(reason + ": said by the test")
                        .withLastTransitionTime(at)
                        .build());
        return this;
    }

    private CertificateRequest request() {
        CertificateRequest request = new CertificateRequest();
        request.setMetadata(
                new ObjectMetaBuilder()
                        .withNamespace("shop")
                        .withName("web-1")
                        .withUid("u1")
                        .withResourceVersion("77")
                        .withCreationTimestamp("2026-11-23T11:59:59Z")
                        .withAnnotations(Map.of("cert-manager.io/certificate-name", "web"))
                        .build());
        request.setSpec(spec);
        request.setStatus(new CertificateRequest.Status(List.copyOf(conditions), null, null, null));
        return request;
    }

    private Next reconcile() {
        return controller.reconcile(request());
    }

    private CertificateRequest.Status written() {
        assertThat(api.written).hasSize(1);
        return ((CertificateRequest) api.written.get(0)).getStatus();
    }

    private static Condition ready(CertificateRequest.Status status) {
        return Conditions.find(status.conditions(), "Ready");
    }

    @Test
    void signsWhatIsApprovedWithOneWrite() {
        with("Approved").reconcile();
        CertificateRequest.Status status = written();
        assertThat(ready(status).getStatus()).isEqualTo("True");
        assertThat(ready(status).getReason()).isEqualTo("Issued");
        assertThat(pem(status.certificate())).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(pem(status.ca())).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(status.failureTime()).isNull();
        // Approved and Denied are not the issuer's to write.
        assertThat(status.conditions()).hasSize(1);
        assertThat(api.events).containsExactly("NORMAL CertificateIssued");
    }

    private static String pem(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    @Test
    void writesOnTheVersionThatItLookedAt() {
        with("Approved").reconcile();
        var metadata = api.written.get(0).getMetadata();
        assertThat(metadata.getUid()).isEqualTo("u1");
        assertThat(metadata.getResourceVersion()).isEqualTo("77");
        assertThat(metadata.getAnnotations()).isNullOrEmpty();
    }

    @Test
    void asksForWhatTheResourceSays() {
        with("Approved");
        spec =
                spec(
                        TestRequests.request()
                                .subject("CN=x")
                                .dns("a.example.org")
                                .uri("spiffe://td/web")
                                .base64(),
                        spec.issuerRef(),
                        "240h",
                        null);
        reconcile();
        SubjectRequest asked = ca.asked.get(0);
        assertThat(asked.lifetime()).isEqualTo(Duration.ofHours(240).plusSeconds(1));
        assertThat(asked.spiffeId()).isEqualTo("spiffe://td/web");
        assertThat(asked.requested().subject()).isNotEmpty();
        assertThat(asked.requested().extendedKeyUsages()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(asked.attributes())
                .containsEntry("certificate-name", "web")
                .containsEntry("requester.groups", "a,b")
                .containsEntry(
                        "requester.username", "system:serviceaccount:cert-manager:cert-manager");
    }

    @Test
    void withoutDurationItIs90Days() {
        with("Approved");
        ca.ready(
                ISSUER,
                dev.signet.issuer.connection.IssuerSettings.of(
                        new dev.signet.issuer.api.IssuerSpec(
                                List.of("ca:1"),
                                new dev.signet.issuer.api.IssuerSpec.BundleSource(
                                        "pem", null, null),
                                null,
                                null,
                                false,
                                null)),
                TestClock.START);
        reconcile();
        assertThat(ca.asked.get(0).lifetime()).isEqualTo(Duration.ofDays(90).plusSeconds(1));
        // includeCa: false
        assertThat(written().ca()).isNull();
    }

    @Test
    void neverAssumesApproval() {
        assertThat(CertificateRequests.isWanted(request())).isFalse();
        reconcile();
        with("Approved", "False", "x", TestClock.START.toString()).reconcile();
        nothingWasDone();
    }

    @Test
    void leavesOthersRequestsAlone() {
        with("Approved");
        for (CertificateRequest.Spec foreign :
                List.of(
                        spec("cert-manager.io", "ClusterIssuer", "ci"),
                        spec(null, "SignetClusterIssuer", "ci"),
                        spec("", "SignetClusterIssuer", "ci"),
                        spec("signet.dev", "Issuer", "ci"),
                        spec("signet.dev", null, "ci"),
                        spec("signet.dev.example", "SignetIssuer", "ci"))) {
            spec = foreign;
            reconcile();
        }
        nothingWasDone();
    }

    private void nothingWasDone() {
        assertThat(api.written).isEmpty();
        assertThat(api.events).isEmpty();
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void neverSignsWhatIsDeniedEvenIfItIsApprovedToo() {
        with("Approved").with("Denied").reconcile();
        assertThat(ca.asked).isEmpty();
        assertThat(ready(written()).getReason()).isEqualTo("Denied");
        assertThat(ready(written()).getStatus()).isEqualTo("False");
        assertThat(written().failureTime()).isEqualTo(TestClock.START.toString());
    }

    @Test
    void neverSignsWhatSomebodyFoundInvalid() {
        with("Approved").with("InvalidRequest").reconcile();
        assertThat(ca.asked).isEmpty();
        assertThat(ready(written()).getReason()).isEqualTo("Failed");
        assertThat(written().failureTime()).isNotNull();
    }

    @Test
    void leavesWhatIsDecidedAlone() {
        for (String reason : List.of("Issued", "Failed", "Denied")) {
            conditions.clear();
            with("Approved")
                    .with(
                            "Ready",
                            reason.equals("Issued") ? "True" : "False",
                            reason,
                            TestClock.START.toString());
            assertThat(CertificateRequests.isWanted(request())).isFalse();
            reconcile();
        }
        nothingWasDone();
    }

    @Test
    void failsMalformedRequestsForGoodAndSaysThatTheyAreInvalid() {
        with("Approved");
        CertificateRequest.IssuerReference issuer = spec.issuerRef();
        List<CertificateRequest.Spec> bad =
                List.of(
                        spec(null, issuer, null, null),
                        spec("!", issuer, null, null),
                        spec("AAAA", issuer, null, null),
                        spec(TestRequests.request().base64(), issuer, "soon", null),
                        spec(TestRequests.request().base64(), issuer, "-1h", null),
                        spec(
                                TestRequests.request().basicConstraints(true).base64(),
                                issuer,
                                null,
                                false));
        for (CertificateRequest.Spec each : bad) {
            spec = each;
            api.written.clear();
            reconcile();
            assertThat(ready(written()).getReason()).isEqualTo("Failed");
            assertThat(Conditions.isTrue(written().conditions(), "InvalidRequest")).isTrue();
            assertThat(written().failureTime()).isNotNull();
        }
        assertThat(ca.asked).isEmpty();
    }

    /// Dropped, they would make a CA that may sign more than was asked for.
    @Test
    void nameConstraintsAreNotDroppedInSilence() {
        with("Approved");
        spec =
                spec(
                        TestRequests.request().basicConstraints(true).nameConstraints().base64(),
                        spec.issuerRef(),
                        null,
                        true);
        reconcile();
        assertThat(ready(written()).getReason()).isEqualTo("Failed");
        assertThat(ready(written()).getMessage()).contains("nameConstraints (2.5.29.30)");
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void aRefusalIsFinalWithItsTime() {
        with("Approved");
        ca.answer =
                () -> {
                    throw ClientErrors.refused("NAME_NOT_GRANTED");
                };
        assertThat(reconcile()).isEqualTo(Next.DONE);
        assertThat(ready(written()).getReason()).isEqualTo("Failed");
        assertThat(ready(written()).getMessage()).startsWith("NameNotGranted: ");
        assertThat(written().failureTime()).isNotNull();
        assertThat(Conditions.find(written().conditions(), "InvalidRequest")).isNull();
        assertThat(api.events).containsExactly("WARNING Failed");
    }

    @Test
    void waitsPendingWithoutATimeOfFailureAndSaysSoOnce() {
        with("Approved");
        ca.notReady(ISSUER);
        assertThat(reconcile()).isInstanceOf(Next.After.class);
        assertThat(ready(written()).getReason()).isEqualTo("Pending");
        assertThat(ready(written()).getStatus()).isEqualTo("False");
        assertThat(written().failureTime()).isNull();
        assertThat(api.events).containsExactly("NORMAL IssuerNotReady");
        with("Ready", "False", "Pending", TestClock.START.toString());
        conditions.get(1).setMessage(ready(written()).getMessage());
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile()).isInstanceOf(Next.After.class);
        assertThat(api.written).hasSize(1);
        assertThat(api.events).hasSize(1);
    }

    @Test
    void keepsTheTimeOfTransitionWhileTheStatusStays() {
        with("Approved").with("Ready", "False", "Pending", "2026-11-23T11:00:00Z");
        ca.answer =
                () -> {
                    throw ClientErrors.refused("POLICY_DENIED");
                };
        reconcile();
        assertThat(ready(written()).getLastTransitionTime()).isEqualTo("2026-11-23T11:00:00Z");
    }

    @Test
    void whatIsTooEarlyToSayIsNotSaid() {
        with("Approved");
        ca.unknown(ISSUER);
        assertThat(reconcile()).isInstanceOf(Next.After.class);
        nothingWasDone();
    }

    @Test
    void aWriteThatCameTooLateIsTriedAgainAndGivesTheSameCertificate() {
        with("Approved");
        api.answer = Written.OUTDATED;
        assertThat(reconcile()).isInstanceOf(Next.After.class);
        assertThat(api.events).isEmpty();
        api.answer = Written.WRITTEN;
        assertThat(reconcile()).isEqualTo(Next.DONE);
        assertThat(ca.asked.get(0).requestId()).isEqualTo(ca.asked.get(1).requestId());
    }

    @Test
    void aNamespacedIssuerServesItsOwnNamespaceOnly() {
        with("Approved");
        spec = spec("signet.dev", "SignetIssuer", "own");
        ca.ready(IssuerRef.namespaced("elsewhere", "own"), TestClock.START);
        reconcile();
        assertThat(ca.asked).isEmpty();
        ca.ready(IssuerRef.namespaced("shop", "own"), TestClock.START);
        reconcile();
        assertThat(ca.asked).hasSize(1);
    }
}
