package dev.signet.issuer.trust;

import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.IssuerConnections;
import dev.signet.issuer.lifecycle.Controller;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.WorkQueue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Keeps one ConfigMap with a cluster issuer's trust bundle in every namespace that has a label.
/// Made, edited or deleted by others, it is put right; where the label goes, it goes. One of that
/// name that is not ours is left alone, and an event says so. Thread-safe.
public final class ConfigMapDistribution implements Controller {

    private static final int WORKERS = 4;
    private static final int NOT_FOUND = 404;
    private static final Duration UNTIL_SYNCED = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final IssuerConnections connections;
    private final Target target;
    private final EventRecorder events;
    private final WorkQueue<String> queue;
    private final SharedIndexInformer<Namespace> namespaces;
    private final SharedIndexInformer<ConfigMap> configMaps;

    /// What goes where.
    ///
    /// @param issuer whose bundle
    /// @param configMap its name in each namespace
    /// @param labelKey of the namespaces that get it
    /// @param labelValue null: any value
    public record Target(
            IssuerRef issuer, String configMap, String labelKey, @Nullable String labelValue) {

        /// @param label `key` or `key=value`
        public static Target of(IssuerRef issuer, String configMap, String label) {
            int equals = label.indexOf('=');
            return equals < 0
                    ? new Target(issuer, configMap, label, null)
                    : new Target(
                            issuer,
                            configMap,
                            label.substring(0, equals),
                            label.substring(equals + 1));
        }
    }

    public ConfigMapDistribution(
            KubernetesClient client,
            IssuerConnections connections,
            Target target,
            EventRecorder events,
            RandomGenerator random) {
        this.client = client;
        this.connections = connections;
        this.target = target;
        this.events = events;
        this.queue = new WorkQueue<>(name(), WORKERS, random, this::reconcile);
        String value = target.labelValue();
        this.namespaces =
                (value == null
                                ? client.namespaces().withLabel(target.labelKey())
                                : client.namespaces().withLabel(target.labelKey(), value))
                        .runnableInformer(0);
        this.configMaps =
                client.configMaps()
                        .inAnyNamespace()
                        .withField("metadata.name", target.configMap())
                        .runnableInformer(0);
        watch(namespaces, namespace -> namespace.getMetadata().getName());
        watch(configMaps, configMap -> configMap.getMetadata().getNamespace());
        connections.listen(issuer -> {
            if (issuer.equals(target.issuer())) {
                namespaces
                        .getStore()
                        .list()
                        .forEach(each -> queue.add(each.getMetadata().getName()));
            }
        });
    }

    private <T extends HasMetadata> void watch(
            SharedIndexInformer<T> informer, Function<T, String> namespace) {
        informer.addEventHandler(
                new ResourceEventHandler<T>() {
                    @Override
                    public void onAdd(T resource) {
                        queue.add(namespace.apply(resource));
                    }

                    @Override
                    public void onUpdate(T before, T resource) {
                        queue.add(namespace.apply(resource));
                    }

                    @Override
                    public void onDelete(T resource, boolean finalStateUnknown) {
                        queue.add(namespace.apply(resource));
                    }
                });
        informer.exceptionHandler((started, failure) -> true);
        var ignored = informer.start();
    }

    private WorkQueue.Next reconcile(String name) {
        if (!isSynced()) {
            return WorkQueue.Next.after(UNTIL_SYNCED);
        }
        Namespace namespace = namespaces.getStore().getByKey(name);
        boolean asked = namespace != null && namespace.getMetadata().getDeletionTimestamp() == null;
        ConfigMap found = configMaps.getStore().getByKey(name + "/" + target.configMap());
        switch (ConfigMapPlan.of(asked, found, Published.pem(connections, target.issuer()))) {
            case ConfigMapPlan.Leave _ -> {
                // Nothing.
            }
            case ConfigMapPlan.Write(String pem) -> write(name, pem);
            case ConfigMapPlan.Remove _ -> Published.remove(client, found);
            case ConfigMapPlan.NotOurs _ ->
                    events.record(
                            namespace,
                            EventRecorder.Type.WARNING,
                            "TrustBundleNotWritten",
                            "ConfigMap "
                                    + target.configMap()
                                    + " was made by somebody else and is left alone. Delete it to"
                                    + " get the trust bundle there.");
        }
        return WorkQueue.Next.DONE;
    }

    private void write(String namespace, String pem) {
        ConfigMap requested =
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(target.configMap())
                        .withLabels(Published.labels())
                        .withAnnotations(Published.annotations(target.issuer()))
                        .endMetadata()
                        .withData(Map.of(ConfigMapPlan.KEY, pem))
                        .build();
        try {
            client.resource(requested)
                    .fieldManager(StatusWriter.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            // The namespace went meanwhile; its end is seen by the watch.
            if (e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public String name() {
        return "trust-config-maps";
    }

    @Override
    public boolean isSynced() {
        return namespaces.hasSynced() && configMaps.hasSynced();
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
        namespaces.stop();
        configMaps.stop();
    }
}
