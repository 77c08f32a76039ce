package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/// Writes statuses by server-side apply under one field manager, each in one request. What is
/// written names the version that it is based on: a resource that changed meanwhile, or is another
/// one of the same name, is left alone. Thread-safe.
public class StatusWriter {

    /// Under which the controller's fields are owned.
    public static final String FIELD_MANAGER = "signet-issuer";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;

    public StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /// What came of it.
    public enum Written {
        /// It is as requested.
        WRITTEN,
        /// The resource changed meanwhile: look at it again when its change has been seen.
        OUTDATED,
        /// There is no such resource any more.
        GONE
    }

    /// Applies a resource's status.
    ///
    /// @param resource with nothing but [#metadataOf] and the status that is requested
    /// @throws KubernetesClientException when it was not written, and another attempt may help
    public Written apply(HasMetadata resource) {
        try {
            client.resource(resource)
                    .subresource("status")
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                    .withFieldManager(FIELD_MANAGER)
                                    .withForce(true)
                                    .build());
            return Written.WRITTEN;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return Written.OUTDATED;
            }
            if (e.getCode() == NOT_FOUND) {
                return Written.GONE;
            }
            throw e;
        }
    }

    /// What names exactly the version of a resource that was looked at.
    public static ObjectMeta metadataOf(HasMetadata resource) {
        ObjectMeta seen = resource.getMetadata();
        return new ObjectMetaBuilder()
                .withNamespace(seen.getNamespace())
                .withName(seen.getName())
                .withUid(seen.getUid())
                .withResourceVersion(seen.getResourceVersion())
                .build();
    }
}
