package dev.signet.issuer;

import dev.signet.client.CredentialSource;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.certmanager.CertificateRequest;
import dev.signet.issuer.certmanager.CertificateRequests;
import dev.signet.issuer.connection.IssuerConnections;
import dev.signet.issuer.connection.Issuers;
import dev.signet.issuer.csr.AccessReviews;
import dev.signet.issuer.csr.SigningRequests;
import dev.signet.issuer.health.HealthServer;
import dev.signet.issuer.health.QueueMetrics;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.Controller;
import dev.signet.issuer.lifecycle.ControllerSource;
import dev.signet.issuer.lifecycle.Controllers;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.Leadership;
import dev.signet.issuer.lifecycle.ResourceController;
import dev.signet.issuer.lifecycle.ServedApis;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.pod.PodCertificateRequests;
import dev.signet.issuer.signing.Signer;
import dev.signet.issuer.trust.ClusterTrustBundles;
import dev.signet.issuer.trust.ConfigMapDistribution;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Everything that runs, put together. Thread-safe.
final class IssuerProcess {

    private static final System.Logger LOG = System.getLogger(IssuerProcess.class.getName());
    private static final int API_TIMEOUT_MILLIS = 10_000;
    private static final int API_RETRIES = 3;
    private static final Duration LONGEST_FINISH = Duration.ofSeconds(20);

    private final IssuerOptions options;
    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock = InstantSource.system();
    private final PrometheusMeterRegistry metrics =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Controllers controllers;
    private final List<Consumer<IssuerRef>> waiting = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private @Nullable Leadership leadership;
    private @Nullable HealthServer health;

    IssuerProcess(IssuerOptions options) {
        this.options = options;
        this.client = client(options.kubeconfig);
        this.events = new EventRecorder(client, clock, random);
        new JvmMemoryMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        StatusWriter statuses = new StatusWriter(client);
        Issuers issuers =
                new Issuers(
                        client,
                        new Issuers.Scope(options.namespaces(), options.clusterResources()),
                        CredentialSource.tokenFile(options.tokenFile),
                        statuses,
                        events,
                        clock,
                        random);
        ProcessMetrics.of(metrics, issuers, events);
        this.controllers = new Controllers(sources(issuers, statuses, new ServedApis(client)));
    }

    /// Whatever is served, in the order in which it is opened.
    private List<ControllerSource> sources(
            Issuers issuers, StatusWriter statuses, ServedApis served) {
        IssuerConnections connections = issuers.connections();
        Signer signer =
                new Signer(connections, options.clusterName, clock, random, metrics, this::goOn);
        connections.listen(this::goOn);
        Conditions conditions = new Conditions(clock);
        CertificateRequests certificateRequests =
                new CertificateRequests(signer, statuses, events, conditions);
        SigningRequests signingRequests =
                new SigningRequests(
                        signer, new AccessReviews(client), statuses, events, conditions);
        List<ControllerSource> sources = new ArrayList<>();
        sources.add(ControllerSource.of("issuers", () -> issuers));
        sources.add(
                ControllerSource.of(
                        CertificateRequests.PLURAL,
                        () -> served.serves(CertificateRequests.API, CertificateRequests.PLURAL),
                        () -> {
                            ResourceController<CertificateRequest> open =
                                    certificateRequests.open(
                                            client, options.namespaces(), options.workers, random);
                            waiting.add(issuer -> CertificateRequests.requeue(open, issuer));
                            return measured(open);
                        }));
        sources.add(
                ControllerSource.of(
                        SigningRequests.PLURAL,
                        () -> served.serves(SigningRequests.API, SigningRequests.PLURAL),
                        () -> {
                            ResourceController<CertificateSigningRequest> open =
                                    signingRequests.open(client, options.workers, random);
                            waiting.add(issuer -> SigningRequests.requeue(open, issuer));
                            return measured(open);
                        }));
        PodCertificateRequests podRequests =
                new PodCertificateRequests(signer, statuses, events, conditions, clock, random);
        sources.add(
                PodCertificateRequests.source(
                        served,
                        version -> {
                            ResourceController<GenericKubernetesResource> open =
                                    podRequests.open(
                                            client, version, options.namespaces(), options.workers);
                            waiting.add(issuer -> PodCertificateRequests.requeue(open, issuer));
                            return measured(open);
                        }));
        sources.add(ClusterTrustBundles.source(client, connections, served, random));
        String trustIssuer = options.trustIssuer;
        if (trustIssuer != null) {
            ConfigMapDistribution.Target target =
                    ConfigMapDistribution.Target.of(
                            IssuerRef.cluster(trustIssuer),
                            options.trustConfigMap,
                            options.trustNamespaceLabel);
            sources.add(
                    ControllerSource.of(
                            "trust-config-maps",
                            () ->
                                    new ConfigMapDistribution(
                                            client, connections, target, events, random)));
        }
        return sources;
    }

    /// An issuer's requests need not wait any more, or for another reason.
    private void goOn(IssuerRef issuer) {
        waiting.forEach(kind -> kind.accept(issuer));
    }

    private Controller measured(ResourceController<?> controller) {
        QueueMetrics.of(metrics, controller.name(), controller.queue());
        return controller;
    }

    private static KubernetesClient client(@Nullable Path kubeconfig) {
        Config found =
                kubeconfig == null
                        ? Config.autoConfigure(null)
                        : Config.fromKubeconfig(kubeconfig.toFile());
        return new KubernetesClientBuilder()
                .withConfig(
                        new ConfigBuilder(found)
                                .withRequestTimeout(API_TIMEOUT_MILLIS)
                                .withConnectionTimeout(API_TIMEOUT_MILLIS)
                                .withRequestRetryBackoffLimit(API_RETRIES)
                                .build())
                .build();
    }

    void start() throws IOException {
        ProcessMetrics.leadership(metrics, controllers);
        health = new HealthServer(options.httpPort, metrics, controllers::isSynced);
        controllers.start();
        if (options.leaderElection) {
            Leadership election =
                    new Leadership(
                            client,
                            options.namespace,
                            replica(),
                            controllers::lead,
                            controllers::follow);
            leadership = election;
            election.start();
        } else {
            controllers.lead();
        }
    }

    private String replica() throws IOException {
        return options.podName.isEmpty()
                ? InetAddress.getLocalHost().getHostName()
                        + "-"
                        + HexFormat.of().toHexDigits(random.nextInt())
                : options.podName;
    }

    /// Begins nothing more, finishes what is under way for up to 20 s, and gives the lease up.
    void stop() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        controllers.follow();
        try {
            if (!controllers.awaitIdle(LONGEST_FINISH)) {
                LOG.log(System.Logger.Level.WARNING, "stopped with work under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Leadership election = leadership;
        if (election != null) {
            election.close();
        }
        controllers.close();
        events.close();
        HealthServer http = health;
        if (http != null) {
            http.close();
        }
        client.close();
    }
}
