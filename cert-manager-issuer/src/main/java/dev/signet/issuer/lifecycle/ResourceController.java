package dev.signet.issuer.lifecycle;

import dev.signet.issuer.queue.ResourceKey;
import dev.signet.issuer.queue.WorkQueue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Watches one kind of resource and works on those that want it. What is read comes from the
/// watch's cache, so a resource costs no request before something is written about it. A watch that
/// ends, or whose version the API server has forgotten, is opened anew by itself. Thread-safe.
public final class ResourceController<T extends HasMetadata> implements Controller {

    private final String name;
    private final Predicate<T> wanted;
    private final List<SharedIndexInformer<T>> informers = new ArrayList<>();
    private final WorkQueue<ResourceKey> queue;

    /// What is done with a resource that wants it.
    public interface Reconciler<T> {

        WorkQueue.Next reconcile(T resource);
    }

    /// What to watch.
    ///
    /// @param operation of all resources of the kind
    /// @param namespaces none: all
    /// @param indexes by which [#requeue] finds resources, each from a resource to its keys
    /// @param gone told of each resource that is there no more; returns quickly
    /// @param <T> kind of resource
    public record Watched<T extends HasMetadata>(
            MixedOperation<T, ?, ? extends Resource<T>> operation,
            Set<String> namespaces,
            Map<String, Function<T, List<String>>> indexes,
            Consumer<T> gone) {
        public Watched {
            namespaces = Set.copyOf(namespaces);
            indexes = Map.copyOf(indexes);
        }
    }

    /// Begins to watch.
    ///
    /// @param wanted whether there is anything to do about a resource; asked for each change, so
    ///   cheap
    public ResourceController(
            String name,
            Watched<T> watched,
            Predicate<T> wanted,
            int workers,
            RandomGenerator random,
            Reconciler<T> reconciler) {
        this.name = name;
        this.wanted = wanted;
        this.queue =
                new WorkQueue<>(
                        name,
                        workers,
                        random,
                        key ->
                                find(key)
                                        .filter(wanted)
                                        .map(reconciler::reconcile)
                                        .orElse(WorkQueue.Next.DONE));
        if (watched.namespaces().isEmpty()) {
            AnyNamespaceOperation<T, ?, ?> all = watched.operation().inAnyNamespace();
            watch(all, watched);
        }
        for (String namespace : watched.namespaces()) {
            watch(watched.operation().inNamespace(namespace), watched);
        }
    }

    private void watch(Informable<T> resources, Watched<T> watched) {
        SharedIndexInformer<T> informer = resources.runnableInformer(0);
        informer.addIndexers(watched.indexes());
        informer.addEventHandler(
                new ResourceEventHandler<T>() {
                    @Override
                    public void onAdd(T resource) {
                        changed(resource);
                    }

                    @Override
                    public void onUpdate(T before, T resource) {
                        changed(resource);
                    }

                    @Override
                    public void onDelete(T resource, boolean finalStateUnknown) {
                        watched.gone().accept(resource);
                    }
                });
        informer.exceptionHandler((started, failure) -> true);
        informers.add(informer);
        var ignored = informer.start();
    }

    private void changed(T resource) {
        if (wanted.test(resource)) {
            queue.add(key(resource));
        }
    }

    private static ResourceKey key(HasMetadata resource) {
        String namespace = resource.getMetadata().getNamespace();
        return new ResourceKey(
                namespace == null ? "" : namespace, resource.getMetadata().getName());
    }

    /// The resource as last seen; not to be changed.
    public Optional<T> find(ResourceKey key) {
        String cached = key.toString();
        for (SharedIndexInformer<T> informer : informers) {
            T resource = informer.getStore().getByKey(cached);
            if (resource != null) {
                return Optional.of(resource);
            }
        }
        return Optional.empty();
    }

    /// Every resource as last seen; none is to be changed.
    public List<T> list() {
        List<T> all = new ArrayList<>();
        informers.forEach(informer -> all.addAll(informer.getStore().list()));
        return all;
    }

    /// Works again on all that want it and have this key in this index.
    public void requeue(String index, String indexKey) {
        for (SharedIndexInformer<T> informer : informers) {
            informer.getIndexer().byIndex(index, indexKey).forEach(this::changed);
        }
    }

    /// Works again on all that want it.
    public void requeueAll() {
        list().forEach(this::changed);
    }

    /// Works again on one resource, if it is there and wants it.
    public void requeue(ResourceKey key) {
        queue.add(key);
    }

    /// Its work, for metrics.
    public WorkQueue<ResourceKey> queue() {
        return queue;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isSynced() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
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
        informers.forEach(SharedIndexInformer::stop);
    }
}
