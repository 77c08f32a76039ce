package dev.signet.issuer.trust;

import dev.signet.issuer.api.IssuerKind;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.IssuerConnections;
import dev.signet.issuer.connection.IssuerState;
import dev.signet.issuer.lifecycle.Controller;
import dev.signet.issuer.lifecycle.ControllerSource;
import dev.signet.issuer.lifecycle.ServedApis;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Publishes the trust bundle of each cluster issuer as one ClusterTrustBundle of its signer name,
/// for pods to mount: its roots as the CA has them, so an old one stays for as long as the CA keeps
/// it. Edited or deleted by others, it is put right; when the issuer goes, it goes. Thread-safe.
public final class ClusterTrustBundles implements Controller {

    private static final String GROUP = "certificates.k8s.io";
    private static final String PLURAL = "clustertrustbundles";

    /// The newest first; their schema is the same.
    private static final List<String> VERSIONS = List.of("v1", "v1beta1");

    private static final int WORKERS = 2;
    private static final Duration UNTIL_SYNCED = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final IssuerConnections connections;
    private final String apiVersion;
    private final WorkQueue<IssuerRef> queue;
    private final SharedIndexInformer<GenericKubernetesResource> bundles;

    private ClusterTrustBundles(
            KubernetesClient client,
            IssuerConnections connections,
            String version,
            RandomGenerator random) {
        this.client = client;
        this.connections = connections;
        this.apiVersion = GROUP + "/" + version;
        this.queue = new WorkQueue<>(name(), WORKERS, random, this::reconcile);
        this.bundles =
                client.genericKubernetesResources(
                                new ResourceDefinitionContext.Builder()
                                        .withGroup(GROUP)
                                        .withVersion(version)
                                        .withKind("ClusterTrustBundle")
                                        .withPlural(PLURAL)
                                        .withNamespaced(false)
                                        .build())
                        .withLabels(Published.labels())
                        .runnableInformer(0);
        bundles.addEventHandler(
                new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(GenericKubernetesResource bundle) {
                        look(bundle);
                    }

                    @Override
                    public void onUpdate(
                            GenericKubernetesResource before, GenericKubernetesResource bundle) {
                        look(bundle);
                    }

                    @Override
                    public void onDelete(
                            GenericKubernetesResource bundle, boolean finalStateUnknown) {
                        look(bundle);
                    }
                });
        bundles.exceptionHandler((started, failure) -> true);
        var ignored = bundles.start();
        connections.listen(this::look);
        connections.known().forEach(this::look);
    }

    /// Silent where the API server has no ClusterTrustBundles.
    public static ControllerSource source(
            KubernetesClient client,
            IssuerConnections connections,
            ServedApis served,
            RandomGenerator random) {
        return new ControllerSource() {
            @Override
            public String name() {
                return PLURAL;
            }

            @Override
            public Optional<Controller> open() {
                for (String version : VERSIONS) {
                    if (served.serves(GROUP + "/" + version, PLURAL)) {
                        return Optional.of(
                                new ClusterTrustBundles(client, connections, version, random));
                    }
                }
                return Optional.empty();
            }
        };
    }

    private void look(GenericKubernetesResource bundle) {
        ClusterBundlePlan.issuerOf(bundle).ifPresent(this::look);
    }

    private void look(IssuerRef issuer) {
        if (issuer.kind() == IssuerKind.CLUSTER_ISSUER) {
            queue.add(issuer);
        }
    }

    private WorkQueue.Next reconcile(IssuerRef issuer) {
        if (!bundles.hasSynced()) {
            return WorkQueue.Next.after(UNTIL_SYNCED);
        }
        GenericKubernetesResource found =
                bundles.getStore().getByKey(ClusterBundlePlan.nameOf(issuer));
        boolean gone = connections.of(issuer) instanceof IssuerState.Absent;
        switch (ClusterBundlePlan.of(gone, found, Published.pem(connections, issuer))) {
            case ClusterBundlePlan.Leave _ -> {
                // Nothing.
            }
            case ClusterBundlePlan.Write(String pem) ->
                    client.resource(ClusterBundlePlan.object(apiVersion, issuer, pem))
                            .fieldManager(StatusWriter.FIELD_MANAGER)
                            .forceConflicts()
                            .serverSideApply();
            case ClusterBundlePlan.Remove _ -> Published.remove(client, found);
        }
        return WorkQueue.Next.DONE;
    }

    @Override
    public String name() {
        return PLURAL;
    }

    @Override
    public boolean isSynced() {
        return bundles.hasSynced();
    }

    @Override
    public void lead() {
        queue.resume();
    }

    @Override
    public void follow() {
        queue.pause();
    }

    @Override
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return queue.awaitIdle(most);
    }

    @Override
    public void close() {
        queue.close();
        bundles.stop();
    }
}
