package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;

/// What the API server serves, by its discovery. Thread-safe.
public final class ServedApis {

    private final KubernetesClient client;

    public ServedApis(KubernetesClient client) {
        this.client = client;
    }

    /// Asks the API server once.
    ///
    /// @param groupVersion such as `cert-manager.io/v1`
    /// @param plural such as `certificaterequests`
    /// @throws io.fabric8.kubernetes.client.KubernetesClientException when it does not answer
    public boolean serves(String groupVersion, String plural) {
        APIResourceList resources = client.getApiResources(groupVersion);
        if (resources == null || resources.getResources() == null) {
            return false;
        }
        for (APIResource resource : resources.getResources()) {
            if (plural.equals(resource.getName())) {
                return true;
            }
        }
        return false;
    }
}
