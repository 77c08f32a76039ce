package dev.signet.issuer.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.client.ClientErrors;
import dev.signet.issuer.TestClock;
import dev.signet.issuer.TestStatuses;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.TestConnections;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue.Next;
import dev.signet.issuer.signing.Signer;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class PodCertificateRequestsTest {

    private static final IssuerRef ISSUER = IssuerRef.cluster("mesh");

    private final TestClock clock = new TestClock();
    private final TestConnections ca = new TestConnections();
    private final TestStatuses api = new TestStatuses();
    private final PodCertificateRequests controller = controller(api);

    private PodCertificateRequests controller(StatusWriter statuses) {
        return new PodCertificateRequests(
                new Signer(
                        ca.connections,
                        "prod",
                        clock,
                        new Random(1),
                        new SimpleMeterRegistry(),
                        issuer -> {}),
                statuses,
                api,
                new Conditions(clock),
                clock,
                new Random(1));
    }

    @BeforeEach
    void ready() {
        ca.ready(ISSUER, TestClock.START);
        ca.answer = () -> certificate(TestClock.START.minusSeconds(15));
    }

    private static dev.signet.client.SubjectCertificate certificate(java.time.Instant notBefore) {
        try {
            return PodVerdictTest.certificate(notBefore, Duration.ofHours(1));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static GenericKubernetesResource request() throws Exception {
        GenericKubernetesResource request =
                PodRequestReaderTest.request(Map.of("maxExpirationSeconds", 3_600));
        request.getMetadata().setCreationTimestamp(TestClock.START.toString());
        return request;
    }

    private Map<String, Object> status() {
        assertThat(api.written).hasSize(1);
        GenericKubernetesResource written = (GenericKubernetesResource) api.written.get(0);
        return new HashMap<>(written.<Map<String, Object>>get("status"));
    }

    private void endedAs(String type, String reason) {
        assertThat(status()).containsOnlyKeys("conditions");
        assertThat((List<?>) status().get("conditions"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Condition.class,
                        condition -> {
                            assertThat(condition.getType()).isEqualTo(type);
                            assertThat(condition.getReason()).isEqualTo(reason);
                            assertThat(condition.getStatus()).isEqualTo("True");
                        });
    }

    @Test
    void writesTheWholeStatusOnce() throws Exception {
        assertThat(controller.reconcile(request())).isEqualTo(Next.DONE);

        assertThat(status())
                .containsOnlyKeys(
                        "certificateChain",
                        "notBefore",
                        "notAfter",
                        "beginRefreshAt",
                        "conditions");
        assertThat(ca.asked).hasSize(1);
        assertThat(ca.asked.get(0).lifetime()).isEqualTo(Duration.ofSeconds(3_601));
        assertThat(ca.asked.get(0).attributes())
                .containsEntry("kind", "PodCertificateRequest")
                .containsEntry("namespace", "shop")
                .containsEntry("service-account", "orders");
        assertThat(api.events).containsExactly("NORMAL CertificateIssued");
    }

    @Test
    void oneThatWaitsIsWrittenNothingAndSaidOnce() throws Exception {
        ca.notReady(ISSUER);
        for (int i = 0; i < 3; i++) {
            assertThat(controller.reconcile(request())).isNotEqualTo(Next.DONE);
        }

        assertThat(api.written).isEmpty();
        assertThat(api.events).containsExactly("NORMAL IssuerNotReady");
    }

    @Test
    void whatPolicyRefusesIsDenied() throws Exception {
        ca.answer =
                () -> {
                    throw ClientErrors.refused("POLICY_DENIED");
                };
        controller.reconcile(request());

        endedAs("Denied", "PolicyDenied");
        assertThat(api.events).containsExactly("WARNING PolicyDenied");
    }

    /// After an interruption the CA gives the certificate that it signed before.
    @Test
    void aCertificateOfLongAgoHasFailed() throws Exception {
        ca.answer = () -> certificate(TestClock.START.minus(Duration.ofMinutes(6)));
        controller.reconcile(request());

        endedAs("Failed", "CertificateTooOld");
    }

    /// Tried again it would be refused for ever.
    @Test
    void whatTheApiServerDoesNotTakeHasFailed() throws Exception {
        StatusWriter refusing =
                new StatusWriter(null) {
                    private boolean first = true;

                    @Override
                    public Written apply(HasMetadata resource) {
                        if (first) {
                            first = false;
                            throw new KubernetesClientException("not taken", 422, null);
                        }
                        return api.apply(resource);
                    }
                };
        assertThat(controller(refusing).reconcile(request())).isEqualTo(Next.DONE);

        endedAs("Failed", "StatusRefused");
    }

    @Test
    void whatMayPassComesAgain() throws Exception {
        StatusWriter away =
                new StatusWriter(null) {
                    @Override
                    public Written apply(HasMetadata resource) {
                        throw new KubernetesClientException("away", 503, null);
                    }
                };
        GenericKubernetesResource request = request();
        assertThatThrownBy(() -> controller(away).reconcile(request))
                .isInstanceOf(KubernetesClientException.class);
        api.answer = TestStatuses.Written.OUTDATED;
        assertThat(controller.reconcile(request)).isNotEqualTo(Next.DONE);
        api.answer = TestStatuses.Written.GONE;
        assertThat(controller.reconcile(request)).isEqualTo(Next.DONE);
    }
}
