package dev.signet.issuer.trust;

import dev.signet.client.TrustBundle;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.IssuerConnections;
import dev.signet.issuer.connection.IssuerState;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;

/// What is published of an issuer, and by what our own objects are known.
final class Published {

    /// Of every object that this package makes.
    static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /// Says which cluster issuer an object is of.
    static final String ISSUER = "signet.dev/cluster-issuer";

    static final String OWNER = "signet-issuer";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private Published() {}

    static Map<String, String> labels() {
        return Map.of(MANAGED_BY, OWNER);
    }

    /// A name has up to 253 characters and does not fit into a label.
    static Map<String, String> annotations(IssuerRef issuer) {
        return Map.of(ISSUER, issuer.name());
    }

    /// Whether an object is ours: its label says so, or, where that was taken off, the fields that
    /// we own in it.
    static boolean isOurs(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return (labels != null && OWNER.equals(labels.get(MANAGED_BY)))
                || object.getMetadata().getManagedFields().stream()
                        .anyMatch(fields -> OWNER.equals(fields.getManager()));
    }

    /// @return empty: not known now; what is published stays
    static Optional<String> pem(IssuerConnections connections, IssuerRef issuer) {
        return switch (connections.of(issuer)) {
            case IssuerState.Ready ready ->
                    ready.ca()
                            .trustBundle()
                            .filter(bundle -> !bundle.authorities().isEmpty())
                            .map(TrustBundle::pem);
            case IssuerState.NotReady _, IssuerState.Unknown _, IssuerState.Absent _ ->
                    Optional.empty();
        };
    }

    /// Deletes exactly what was looked at: one that changed meanwhile is looked at again when its
    /// change is seen.
    ///
    /// @param found null: there is nothing to delete
    static void remove(KubernetesClient client, @Nullable HasMetadata found) {
        if (found == null) {
            return;
        }
        try {
            var ignored = client.resource(found).lockResourceVersion().delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }
}
