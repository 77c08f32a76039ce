package dev.signet.issuer.connection;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Entries of ConfigMaps and Secrets that issuers refer to, each watched by its own name, so that
/// the right to read just those is enough. Thread-safe.
final class References<U> implements AutoCloseable {

    private static final int FORBIDDEN = 403;

    private final KubernetesClient client;
    private final Consumer<U> changed;
    private final Map<Reference, Watched> watched = new HashMap<>();

    /// A ConfigMap or Secret.
    record Reference(boolean secret, String namespace, String name) {
        @Override
        public String toString() {
            return (secret ? "Secret " : "ConfigMap ") + namespace + "/" + name;
        }
    }

    /// What is known of an entry.
    sealed interface Found {

        record Value(String text) implements Found {}

        /// @param message says why, for people
        /// @param pending whether it is too early to say
        record Missing(String message, boolean pending) implements Found {}
    }

    private final class Watched {
        private final Set<U> users = new HashSet<>();
        private final SharedIndexInformer<? extends HasMetadata> informer;
        private volatile @Nullable String failure;

        Watched(Reference reference) {
            this.informer =
                    reference.secret()
                            ? watch(
                                    client.secrets()
                                            .inNamespace(reference.namespace())
                                            .withName(reference.name()))
                            : watch(
                                    client.configMaps()
                                            .inNamespace(reference.namespace())
                                            .withName(reference.name()));
        }

        private <T extends HasMetadata> SharedIndexInformer<T> watch(Resource<T> resource) {
            SharedIndexInformer<T> one = resource.runnableInformer(0);
            one.addEventHandler(
                    new ResourceEventHandler<T>() {
                        @Override
                        public void onAdd(T seen) {
                            tell(null);
                        }

                        @Override
                        public void onUpdate(T before, T seen) {
                            tell(null);
                        }

                        @Override
                        public void onDelete(T seen, boolean finalStateUnknown) {
                            tell(null);
                        }

                        @Override
                        public void onNothing() {
                            tell(null);
                        }
                    });
            one.exceptionHandler((started, thrown) -> {
                tell(problem(thrown));
                return true;
            });
            var ignored = one.start();
            return one;
        }

        private String problem(Throwable thrown) {
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                if (t instanceof KubernetesClientException refused && refused.getCode() > 0) {
                    return refused.getCode() == FORBIDDEN
                            ? "the controller may not get, list and watch it"
                            : "the API server answers " + refused.getCode();
                }
            }
            return "it cannot be read now";
        }

        private void tell(@Nullable String problem) {
            if (problem == null || !problem.equals(failure)) {
                failure = problem;
                usersOf(this).forEach(changed);
            }
        }
    }

    /// @param changed told whose reference may have another value; returns quickly
    References(KubernetesClient client, Consumer<U> changed) {
        this.client = client;
        this.changed = changed;
    }

    private synchronized Set<U> usersOf(Watched one) {
        return Set.copyOf(one.users);
    }

    /// The value now; watched for this user from now on.
    synchronized Found read(U user, Reference reference, String key) {
        Watched one = watched.get(reference);
        if (one == null) {
            one = new Watched(reference);
            watched.put(reference, one);
        }
        one.users.add(user);
        HasMetadata resource = one.informer.getStore().list().stream().findFirst().orElse(null);
        if (resource == null) {
            String failure = one.failure;
            if (failure != null) {
                return new Found.Missing(reference + ": " + failure, false);
            }
            return one.informer.hasSynced()
                    ? new Found.Missing(reference + " does not exist", false)
                    : new Found.Missing(reference + " is being read", true);
        }
        String text = value(resource, key);
        return text == null
                ? new Found.Missing(reference + " has no entry " + key, false)
                : new Found.Value(text);
    }

    private static @Nullable String value(HasMetadata resource, String key) {
        if (resource instanceof ConfigMap map) {
            return map.getData() == null ? null : map.getData().get(key);
        }
        if (resource instanceof Secret secret && secret.getData() != null) {
            String base64 = secret.getData().get(key);
            if (base64 != null) {
                try {
                    return new String(
                            Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    /// This user has no reference but the given one.
    synchronized void keepOnly(U user, @Nullable Reference kept) {
        watched.entrySet()
                .removeIf(entry -> {
                    Watched one = entry.getValue();
                    if (!entry.getKey().equals(kept)) {
                        one.users.remove(user);
                    }
                    if (one.users.isEmpty()) {
                        one.informer.stop();
                        return true;
                    }
                    return false;
                });
    }

    @Override
    public synchronized void close() {
        watched.values().forEach(one -> one.informer.stop());
        watched.clear();
    }
}
