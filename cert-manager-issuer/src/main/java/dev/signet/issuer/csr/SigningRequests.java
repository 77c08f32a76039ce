package dev.signet.issuer.csr;

import dev.signet.issuer.api.IssuerKind;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.Events;
import dev.signet.issuer.lifecycle.Reported;
import dev.signet.issuer.lifecycle.ResourceController;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue;
import dev.signet.issuer.request.MalformedRequestException;
import dev.signet.issuer.signing.Outcome;
import dev.signet.issuer.signing.Signer;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestStatus;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Signs Kubernetes' CertificateSigningRequests whose signer is a Signet issuer, once they are
/// approved. There is no condition for waiting: one that waits shows in an event. Thread-safe.
public final class SigningRequests {

    /// Group and version that it serves.
    public static final String API = "certificates.k8s.io/v1";

    /// Their plural.
    public static final String PLURAL = "certificatesigningrequests";

    private static final String BY_ISSUER = "issuer";
    private static final Duration UNTIL_SEEN = Duration.ofSeconds(5);

    private final Signer signer;
    private final References references;
    private final StatusWriter statuses;
    private final Events events;
    private final Conditions conditions;
    private final Reported reported = new Reported();

    /// Whether a requester may use an issuer of a namespace.
    public interface References {

        /// @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server does
        ///   not say
        boolean mayReference(CertificateSigningRequest request, IssuerRef issuer);
    }

    public SigningRequests(
            Signer signer,
            References references,
            StatusWriter statuses,
            Events events,
            Conditions conditions) {
        this.signer = signer;
        this.references = references;
        this.statuses = statuses;
        this.events = events;
        this.conditions = conditions;
    }

    /// Opens the controller.
    public ResourceController<CertificateSigningRequest> open(
            KubernetesClient client, int workers, RandomGenerator random) {
        return new ResourceController<>(
                PLURAL,
                new ResourceController.Watched<>(
                        client.resources(CertificateSigningRequest.class),
                        Set.of(),
                        Map.of(
                                BY_ISSUER,
                                request ->
                                        issuer(request)
                                                .map(issuer -> List.of(issuer.toString()))
                                                .orElse(List.of())),
                        gone -> reported.forget(gone.getMetadata().getUid())),
                SigningRequests::isWanted,
                workers,
                random,
                this::reconcile);
    }

    /// Works again on the requests of an issuer.
    public static void requeue(
            ResourceController<CertificateSigningRequest> controller, IssuerRef issuer) {
        controller.requeue(BY_ISSUER, issuer.toString());
    }

    private static Optional<IssuerRef> issuer(CertificateSigningRequest request) {
        return IssuerRef.ofSignerName(request.getSpec().getSignerName());
    }

    /// Ours, approved, undecided.
    static boolean isWanted(CertificateSigningRequest request) {
        CertificateSigningRequestStatus status = request.getStatus();
        return issuer(request).isPresent()
                && status != null
                && (status.getCertificate() == null || status.getCertificate().isEmpty())
                && has(request, "Approved")
                && !has(request, "Denied")
                && !has(request, "Failed");
    }

    private static boolean has(CertificateSigningRequest request, String type) {
        return SigningRequestReader.condition(request, type).isPresent();
    }

    WorkQueue.Next reconcile(CertificateSigningRequest request) {
        IssuerRef issuer = issuer(request).orElse(null);
        if (issuer == null || !isWanted(request)) {
            return WorkQueue.Next.DONE;
        }
        SigningRequest asked;
        try {
            asked = SigningRequestReader.read(request);
        } catch (InvalidDurationException e) {
            return failed(request, "InvalidDuration", e.getMessage());
        } catch (MalformedRequestException e) {
            return failed(request, "MalformedRequest", e.getMessage());
        }
        if (issuer.kind() == IssuerKind.ISSUER && !references.mayReference(request, issuer)) {
            return failed(
                    request,
                    "DeniedReference",
                    "the requester may not reference "
                            + issuer
                            + " (verb reference on signers of group cert-manager.io)");
        }
        return switch (signer.sign(issuer, asked)) {
            case Outcome.Issued issued -> issued(request, issued);
            case Outcome.Failed failed -> failed(request, failed.reason(), failed.message());
            case Outcome.Pending pending -> {
                if (reported.isNews(request.getMetadata().getUid(), pending.reason())) {
                    events.record(
                            request,
                            EventRecorder.Type.NORMAL,
                            pending.reason(),
                            pending.message());
                }
                yield WorkQueue.Next.after(pending.again());
            }
            case Outcome.Later later -> WorkQueue.Next.after(later.again());
        };
    }

    private WorkQueue.Next issued(CertificateSigningRequest request, Outcome.Issued issued) {
        CertificateSigningRequestStatus status = new CertificateSigningRequestStatus();
        status.setCertificate(
                Base64.getEncoder()
                        .encodeToString(
                                issued.certificate()
                                        .chainPem()
                                        .getBytes(StandardCharsets.US_ASCII)));
        WorkQueue.Next next = write(request, status);
        if (next.equals(WorkQueue.Next.DONE)) {
            events.record(
                    request,
                    EventRecorder.Type.NORMAL,
                    "CertificateIssued",
                    "certificate "
                            + issued.certificate().leaf().getSerialNumber().toString(16)
                            + " signed");
        }
        return next;
    }

    private WorkQueue.Next failed(
            CertificateSigningRequest request, String reason, String message) {
        CertificateSigningRequestCondition condition = new CertificateSigningRequestCondition();
        condition.setType("Failed");
        condition.setStatus("True");
        condition.setReason(reason);
        condition.setMessage(message);
        condition.setLastUpdateTime(conditions.now());
        condition.setLastTransitionTime(conditions.now());
        CertificateSigningRequestStatus status = new CertificateSigningRequestStatus();
        status.setConditions(List.of(condition));
        WorkQueue.Next next = write(request, status);
        if (next.equals(WorkQueue.Next.DONE)) {
            events.record(request, EventRecorder.Type.WARNING, reason, message);
        }
        return next;
    }

    private WorkQueue.Next write(
            CertificateSigningRequest request, CertificateSigningRequestStatus status) {
        CertificateSigningRequest written =
                new CertificateSigningRequestBuilder()
                        .withMetadata(StatusWriter.metadataOf(request))
                        .withStatus(status)
                        .build();
        return switch (statuses.apply(written)) {
            case WRITTEN, GONE -> {
                reported.forget(request.getMetadata().getUid());
                yield WorkQueue.Next.DONE;
            }
            case OUTDATED -> WorkQueue.Next.after(UNTIL_SEEN);
        };
    }
}
