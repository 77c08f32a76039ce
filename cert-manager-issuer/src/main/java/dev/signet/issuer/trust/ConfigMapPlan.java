package dev.signet.issuer.trust;

import io.fabric8.kubernetes.api.model.ConfigMap;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;

/// What is to be done about the ConfigMap of one namespace.
sealed interface ConfigMapPlan {

    /// Where workloads look for roots.
    String KEY = "ca.crt";

    /// All is as it should be, or nothing can be said now.
    record Leave() implements ConfigMapPlan {}

    /// It is made, or put right.
    record Write(String pem) implements ConfigMapPlan {}

    /// It is ours, and its namespace does not ask for it any more.
    record Remove() implements ConfigMapPlan {}

    /// Somebody else has made one of that name.
    record NotOurs() implements ConfigMapPlan {}

    /// @param asked whether the namespace asks for it
    /// @param found as last seen; null: there is none
    /// @param pem empty: the bundle is not known now
    static ConfigMapPlan of(boolean asked, @Nullable ConfigMap found, Optional<String> pem) {
        if (found != null && !Published.isOurs(found)) {
            return asked ? new NotOurs() : new Leave();
        }
        if (!asked) {
            return found == null ? new Leave() : new Remove();
        }
        if (pem.isEmpty() || (found != null && isRight(found, pem.get()))) {
            return new Leave();
        }
        return new Write(pem.get());
    }

    private static boolean isRight(ConfigMap found, String pem) {
        Map<String, String> data = found.getData();
        Map<String, String> labels = found.getMetadata().getLabels();
        return data != null
                && pem.equals(data.get(KEY))
                && labels != null
                && Published.OWNER.equals(labels.get(Published.MANAGED_BY));
    }
}
