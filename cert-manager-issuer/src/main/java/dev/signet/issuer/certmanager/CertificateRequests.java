package dev.signet.issuer.certmanager;

import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.Events;
import dev.signet.issuer.lifecycle.ResourceController;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue;
import dev.signet.issuer.request.MalformedRequestException;
import dev.signet.issuer.signing.Outcome;
import dev.signet.issuer.signing.Signer;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Signs CertificateRequests that name a Signet issuer, once they are approved. The order of the
/// checks is the contract: what is not ours is left alone, what is decided is left alone, what is
/// denied is never signed, what is not approved waits in silence. Writes nothing but the status,
/// and of that only what an issuer owns. Thread-safe.
public final class CertificateRequests {

    /// Group and version that it serves.
    public static final String API = "cert-manager.io/v1";

    /// Their plural.
    public static final String PLURAL = "certificaterequests";

    private static final String READY = "Ready";
    private static final String BY_ISSUER = "issuer";
    private static final Set<String> FINAL = Set.of("Issued", "Failed", "Denied");
    private static final Duration UNTIL_SEEN = Duration.ofSeconds(5);

    private final Signer signer;
    private final StatusWriter statuses;
    private final Events events;
    private final Conditions conditions;

    public CertificateRequests(
            Signer signer, StatusWriter statuses, Events events, Conditions conditions) {
        this.signer = signer;
        this.statuses = statuses;
        this.events = events;
        this.conditions = conditions;
    }

    /// Opens the controller.
    ///
    /// @param namespaces none: all
    public ResourceController<CertificateRequest> open(
            KubernetesClient client, Set<String> namespaces, int workers, RandomGenerator random) {
        return new ResourceController<>(
                PLURAL,
                new ResourceController.Watched<>(
                        client.resources(CertificateRequest.class),
                        namespaces,
                        Map.of(
                                BY_ISSUER,
                                request ->
                                        issuer(request)
                                                .map(issuer -> List.of(issuer.toString()))
                                                .orElse(List.of())),
                        gone -> {}),
                CertificateRequests::isWanted,
                workers,
                random,
                this::reconcile);
    }

    /// Works again on the requests of an issuer.
    public static void requeue(
            ResourceController<CertificateRequest> controller, IssuerRef issuer) {
        controller.requeue(BY_ISSUER, issuer.toString());
    }

    private static Optional<IssuerRef> issuer(CertificateRequest request) {
        CertificateRequest.Spec spec = request.getSpec();
        CertificateRequest.IssuerReference ref = spec == null ? null : spec.issuerRef();
        return ref == null
                ? Optional.empty()
                : IssuerRef.of(
                        ref.group(), ref.kind(), ref.name(), request.getMetadata().getNamespace());
    }

    private static @Nullable List<Condition> conditions(CertificateRequest request) {
        CertificateRequest.Status status = request.getStatus();
        return status == null ? null : status.conditions();
    }

    /// Ours, undecided, and somebody has said yes or no.
    static boolean isWanted(CertificateRequest request) {
        if (issuer(request).isEmpty()) {
            return false;
        }
        List<Condition> conditions = conditions(request);
        Condition ready = Conditions.find(conditions, READY);
        if (ready != null && (FINAL.contains(ready.getReason()) || isTrue(ready))) {
            return false;
        }
        return Conditions.isTrue(conditions, "Approved")
                || Conditions.isTrue(conditions, "Denied")
                || Conditions.isTrue(conditions, "InvalidRequest");
    }

    private static boolean isTrue(Condition condition) {
        return "True".equals(condition.getStatus());
    }

    WorkQueue.Next reconcile(CertificateRequest request) {
        IssuerRef issuer = issuer(request).orElse(null);
        if (issuer == null || !isWanted(request)) {
            return WorkQueue.Next.DONE;
        }
        List<Condition> now = conditions(request);
        if (Conditions.isTrue(now, "Denied")) {
            return decide(
                    request,
                    "Denied",
                    "the request was denied: " + text(Conditions.find(now, "Denied")),
                    false);
        }
        if (Conditions.isTrue(now, "InvalidRequest")) {
            return decide(
                    request,
                    "Failed",
                    "the request is invalid: " + text(Conditions.find(now, "InvalidRequest")),
                    false);
        }
        SigningRequest asked;
        try {
            asked = CertificateRequestReader.read(request);
        } catch (MalformedRequestException e) {
            return decide(request, "Failed", e.getMessage(), true);
        }
        return switch (signer.sign(issuer, asked)) {
            case Outcome.Issued issued -> issued(request, issued);
            case Outcome.Failed failed ->
                    decide(
                            request,
                            "Failed",
                            failed.reason() + ": " + failed.message(),
                            failed.malformed());
            case Outcome.Pending pending -> pending(request, pending);
            case Outcome.Later later -> WorkQueue.Next.after(later.again());
        };
    }

    private static String text(@Nullable Condition condition) {
        return condition == null || condition.getMessage() == null ? "" : condition.getMessage();
    }

    private WorkQueue.Next issued(CertificateRequest request, Outcome.Issued issued) {
        Condition ready = ready(request, true, "Issued", "signed by Signet");
        WorkQueue.Next next =
                write(
                        request,
                        new CertificateRequest.Status(
                                List.of(ready),
                                base64(issued.certificate().chainPem()),
                                issued.settings().includeCa()
                                        ? base64(issued.certificate().rootPem())
                                        : null,
                                null));
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

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// For good: the reason `Failed` or `Denied`, and the time of it, by which cert-manager counts
    /// its waits.
    private WorkQueue.Next decide(
            CertificateRequest request, String reason, String message, boolean malformed) {
        List<Condition> written = new ArrayList<>();
        Condition ready = ready(request, false, reason, message);
        written.add(ready);
        if (malformed) {
            written.add(
                    conditions.next(
                            Conditions.find(conditions(request), "InvalidRequest"),
                            "InvalidRequest",
                            true,
                            "MalformedRequest",
                            message));
        }
        WorkQueue.Next next =
                write(
                        request,
                        new CertificateRequest.Status(written, null, null, conditions.now()));
        if (next.equals(WorkQueue.Next.DONE)) {
            events.record(request, EventRecorder.Type.WARNING, reason, ready.getMessage());
        }
        return next;
    }

    /// Says so where that is news, and comes again.
    private WorkQueue.Next pending(CertificateRequest request, Outcome.Pending pending) {
        Condition before = Conditions.find(conditions(request), READY);
        Condition ready =
                ready(request, false, "Pending", pending.reason() + ": " + pending.message());
        if (before != null
                && "Pending".equals(before.getReason())
                && text(before).startsWith(pending.reason() + ": ")) {
            return WorkQueue.Next.after(pending.again());
        }
        WorkQueue.Next next =
                write(request, new CertificateRequest.Status(List.of(ready), null, null, null));
        if (next.equals(WorkQueue.Next.DONE)) {
            events.record(request, EventRecorder.Type.NORMAL, pending.reason(), pending.message());
            return WorkQueue.Next.after(pending.again());
        }
        return next;
    }

    private Condition ready(
            CertificateRequest request, boolean status, String reason, String message) {
        return conditions.next(
                Conditions.find(conditions(request), READY), READY, status, reason, message);
    }

    private WorkQueue.Next write(CertificateRequest request, CertificateRequest.Status status) {
        CertificateRequest written = new CertificateRequest();
        written.setMetadata(StatusWriter.metadataOf(request));
        written.setStatus(status);
        return switch (statuses.apply(written)) {
            case WRITTEN, GONE -> WorkQueue.Next.DONE;
            // Its change is on its way here and asks for it again; this is for a watch that is not.
            case OUTDATED -> WorkQueue.Next.after(UNTIL_SEEN);
        };
    }
}
