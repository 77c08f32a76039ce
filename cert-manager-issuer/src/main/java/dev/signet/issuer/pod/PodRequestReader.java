package dev.signet.issuer.pod;

import dev.signet.issuer.api.IssuerKind;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.request.CertificationRequest;
import dev.signet.issuer.request.MalformedRequestException;
import dev.signet.issuer.request.RequestReader;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A PodCertificateRequest as a request to the CA, whichever version of the API gave it. Its key is
/// all that counts of the certification request. Stateless.
final class PodRequestReader {

    /// As in `kind:`.
    static final String KIND = "PodCertificateRequest";

    /// The API server takes no certificate of less than an hour between its two ends. One of just
    /// an hour has to live a second more, as the CA counts its last second, too (RFC 5280 4.1.2.5).
    static final Duration LEAST = Duration.ofHours(1);

    private static final Duration USUAL_MOST = Duration.ofHours(24);

    private PodRequestReader() {}

    /// Issuer that the request is for.
    ///
    /// @return empty: it is not ours
    static Optional<IssuerRef> issuer(GenericKubernetesResource resource) {
        return IssuerRef.ofSignerName(text(resource, "signerName"));
    }

    /// How long the certificate may live at most, from one end to the other.
    static Duration longest(GenericKubernetesResource resource) {
        return resource.get("spec", "maxExpirationSeconds") instanceof Number seconds
                ? Duration.ofSeconds(seconds.longValue())
                : USUAL_MOST;
    }

    static SigningRequest read(GenericKubernetesResource resource, IssuerRef issuer)
            throws UndecidableRequestException {
        String namespace = resource.getMetadata().getNamespace();
        if (issuer.kind() == IssuerKind.ISSUER && !issuer.namespace().equals(namespace)) {
            throw new UndecidableRequestException(
                    PodVerdict.denied("DeniedReference", issuer + " is of another namespace"));
        }
        if (resource.get("spec", "unverifiedUserAnnotations") instanceof Map<?, ?> annotations
                && !annotations.isEmpty()) {
            throw new UndecidableRequestException(
                    PodVerdict.denied(
                            "InvalidUnverifiedUserAnnotations",
                            "this signer knows no userAnnotations: leave them out of the volume"));
        }
        Duration longest = longest(resource);
        return new SigningRequest(
                new SigningRequest.ResourceIdentity(
                        KIND,
                        namespace,
                        resource.getMetadata().getName(),
                        resource.getMetadata().getUid()),
                Instant.parse(resource.getMetadata().getCreationTimestamp()),
                attributes(resource),
                certification(resource),
                Optional.empty(),
                Optional.empty(),
                longest.compareTo(LEAST) > 0 ? longest : LEAST.plusSeconds(1));
    }

    private static CertificationRequest certification(GenericKubernetesResource resource)
            throws UndecidableRequestException {
        String base64 = text(resource, "stubPKCS10Request");
        if (base64 == null) {
            throw new UndecidableRequestException(
                    PodVerdict.failed(
                            "NoCertificationRequest",
                            "spec.stubPKCS10Request is missing: this Kubernetes release is too old"));
        }
        try {
            return RequestReader.readDer(Base64.getDecoder().decode(base64)).keyOnly();
        } catch (MalformedRequestException | IllegalArgumentException e) {
            throw new UndecidableRequestException(
                    PodVerdict.failed(
                            "MalformedRequest", "spec.stubPKCS10Request: " + e.getMessage()));
        }
    }

    private static Map<String, String> attributes(GenericKubernetesResource resource) {
        Map<String, String> said = new LinkedHashMap<>();
        put(said, "pod.name", text(resource, "podName"));
        put(said, "pod.uid", text(resource, "podUID"));
        put(said, "service-account", text(resource, "serviceAccountName"));
        put(said, "service-account-uid", text(resource, "serviceAccountUID"));
        put(said, "node.name", text(resource, "nodeName"));
        put(said, "node.uid", text(resource, "nodeUID"));
        return said;
    }

    private static void put(Map<String, String> said, String key, @Nullable String value) {
        if (value != null) {
            said.put(key, value);
        }
    }

    private static @Nullable String text(GenericKubernetesResource resource, String field) {
        return resource.get("spec", field) instanceof String text ? text : null;
    }
}
