package dev.signet.issuer.trust;

import dev.signet.issuer.api.IssuerRef;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;

/// What is to be done about the ClusterTrustBundle of one cluster issuer.
sealed interface ClusterBundlePlan {

    /// All is as it should be, or nothing can be said now.
    record Leave() implements ClusterBundlePlan {}

    /// It is made, or put right.
    record Write(String pem) implements ClusterBundlePlan {}

    /// It is ours, and its issuer is gone.
    record Remove() implements ClusterBundlePlan {}

    /// @param issuerGone whether it is certain that there is no such issuer
    /// @param found as last seen; null: there is none
    /// @param pem empty: the bundle is not known now
    static ClusterBundlePlan of(
            boolean issuerGone, @Nullable GenericKubernetesResource found, Optional<String> pem) {
        if (issuerGone) {
            return found != null && Published.isOurs(found) ? new Remove() : new Leave();
        }
        if (pem.isEmpty() || (found != null && isRight(found, pem.get()))) {
            return new Leave();
        }
        return new Write(pem.get());
    }

    private static boolean isRight(GenericKubernetesResource found, String pem) {
        Map<String, String> labels = found.getMetadata().getLabels();
        return pem.equals(found.get("spec", "trustBundle"))
                && labels != null
                && Published.OWNER.equals(labels.get(Published.MANAGED_BY));
    }

    /// With a signer name, an object's name has to begin with it, its slash a colon, and a colon.
    static String nameOf(IssuerRef issuer) {
        return prefix(issuer.signerName()) + "current";
    }

    private static String prefix(String signerName) {
        return signerName.replace('/', ':') + ":";
    }

    /// The cluster issuer that an object of ours is of, by its name.
    ///
    /// @return empty: it is not one that this class names
    static Optional<IssuerRef> issuerOf(GenericKubernetesResource bundle) {
        Object signerName = bundle.get("spec", "signerName");
        return signerName instanceof String text
                ? IssuerRef.ofSignerName(text)
                        .filter(issuer -> nameOf(issuer).equals(bundle.getMetadata().getName()))
                : Optional.empty();
    }

    /// The whole object.
    static GenericKubernetesResource object(String apiVersion, IssuerRef issuer, String pem) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(apiVersion)
                .withKind("ClusterTrustBundle")
                .withNewMetadata()
                .withName(nameOf(issuer))
                .withLabels(Published.labels())
                .withAnnotations(Published.annotations(issuer))
                .endMetadata()
                .addToAdditionalProperties(
                        "spec", Map.of("signerName", issuer.signerName(), "trustBundle", pem))
                .build();
    }
}
