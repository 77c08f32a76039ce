package dev.signet.issuer.pod;

import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.Controller;
import dev.signet.issuer.lifecycle.ControllerSource;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.Events;
import dev.signet.issuer.lifecycle.Reported;
import dev.signet.issuer.lifecycle.ResourceController;
import dev.signet.issuer.lifecycle.ServedApis;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue;
import dev.signet.issuer.signing.Outcome;
import dev.signet.issuer.signing.Signer;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Signs PodCertificateRequests whose signer is a Signet issuer. There is no approval and no state
/// between: the status is written once, and one that waits shows in an event. Thread-safe.
public final class PodCertificateRequests {

    private static final String GROUP = "certificates.k8s.io";
    private static final String PLURAL = "podcertificaterequests";

    /// The newest first; what is read and written of them is the same.
    private static final List<String> VERSIONS = List.of("v1", "v1beta1");

    private static final String BY_ISSUER = "issuer";
    private static final Duration UNTIL_SEEN = Duration.ofSeconds(5);
    private static final int UNPROCESSABLE = 422;

    private final Signer signer;
    private final StatusWriter statuses;
    private final Events events;
    private final Conditions conditions;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Reported reported = new Reported();

    public PodCertificateRequests(
            Signer signer,
            StatusWriter statuses,
            Events events,
            Conditions conditions,
            InstantSource clock,
            RandomGenerator random) {
        this.signer = signer;
        this.statuses = statuses;
        this.events = events;
        this.conditions = conditions;
        this.clock = clock;
        this.random = random;
    }

    /// Silent where the API server has no PodCertificateRequests.
    ///
    /// @param opening given the version that is served
    public static ControllerSource source(ServedApis served, Function<String, Controller> opening) {
        return new ControllerSource() {
            @Override
            public String name() {
                return PLURAL;
            }

            @Override
            public Optional<Controller> open() {
                return VERSIONS.stream()
                        .filter(version -> served.serves(GROUP + "/" + version, PLURAL))
                        .findFirst()
                        .map(opening);
            }
        };
    }

    /// Opens the controller.
    ///
    /// @param version of the API that is served
    /// @param namespaces none: all
    public ResourceController<GenericKubernetesResource> open(
            KubernetesClient client, String version, Set<String> namespaces, int workers) {
        return new ResourceController<>(
                PLURAL,
                new ResourceController.Watched<>(
                        client.genericKubernetesResources(
                                new ResourceDefinitionContext.Builder()
                                        .withGroup(GROUP)
                                        .withVersion(version)
                                        .withKind(PodRequestReader.KIND)
                                        .withPlural(PLURAL)
                                        .withNamespaced(true)
                                        .build()),
                        namespaces,
                        Map.of(
                                BY_ISSUER,
                                request ->
                                        PodRequestReader.issuer(request)
                                                .map(issuer -> List.of(issuer.toString()))
                                                .orElse(List.of())),
                        gone -> reported.forget(gone.getMetadata().getUid())),
                PodCertificateRequests::isWanted,
                workers,
                random,
                this::reconcile);
    }

    /// Works again on the requests of an issuer.
    public static void requeue(
            ResourceController<GenericKubernetesResource> controller, IssuerRef issuer) {
        controller.requeue(BY_ISSUER, issuer.toString());
    }

    /// Ours, undecided.
    static boolean isWanted(GenericKubernetesResource request) {
        boolean decided =
                request.get("status", "conditions") instanceof Collection<?> all && !all.isEmpty();
        return !decided && PodRequestReader.issuer(request).isPresent();
    }

    WorkQueue.Next reconcile(GenericKubernetesResource request) {
        IssuerRef issuer = PodRequestReader.issuer(request).orElse(null);
        if (issuer == null || !isWanted(request)) {
            return WorkQueue.Next.DONE;
        }
        SigningRequest asked;
        try {
            asked = PodRequestReader.read(request, issuer);
        } catch (UndecidableRequestException e) {
            return write(request, e.verdict());
        }
        return switch (signer.sign(issuer, asked)) {
            case Outcome.Issued issued -> issued(request, issued);
            case Outcome.Failed failed -> write(request, PodVerdict.of(failed));
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

    private WorkQueue.Next issued(GenericKubernetesResource request, Outcome.Issued issued) {
        Instant now = clock.instant();
        PodVerdict verdict =
                PodVerdict.of(issued.certificate(), PodRequestReader.longest(request), now, random);
        try {
            return write(request, verdict);
        } catch (KubernetesClientException e) {
            if (!verdict.isIssued() || e.getCode() != UNPROCESSABLE) {
                throw e;
            }
            // It would be refused for ever; the kubelet makes another request.
            return write(request, PodVerdict.failed("StatusRefused", text(e.getMessage())));
        }
    }

    private WorkQueue.Next write(GenericKubernetesResource request, PodVerdict verdict) {
        Condition condition =
                conditions.next(null, verdict.type(), true, verdict.reason(), verdict.message());
        GenericKubernetesResource written = new GenericKubernetesResource();
        written.setApiVersion(request.getApiVersion());
        written.setKind(PodRequestReader.KIND);
        written.setMetadata(StatusWriter.metadataOf(request));
        written.setAdditionalProperty("status", verdict.status(condition));
        return switch (statuses.apply(written)) {
            case WRITTEN -> {
                reported.forget(request.getMetadata().getUid());
                events.record(
                        request,
                        verdict.isIssued() ? EventRecorder.Type.NORMAL : EventRecorder.Type.WARNING,
                        verdict.isIssued() ? "CertificateIssued" : verdict.reason(),
                        verdict.message());
                yield WorkQueue.Next.DONE;
            }
            case GONE -> {
                reported.forget(request.getMetadata().getUid());
                yield WorkQueue.Next.DONE;
            }
            case OUTDATED -> WorkQueue.Next.after(UNTIL_SEEN);
        };
    }

    private static String text(@Nullable String message) {
        return message == null ? "the API server refused the certificate" : message;
    }
}
