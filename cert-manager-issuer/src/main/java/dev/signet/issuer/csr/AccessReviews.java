package dev.signet.issuer.csr;

import dev.signet.issuer.api.IssuerRef;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpec;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.List;

/// Asks the API server by SubjectAccessReview: verb `reference` on the made-up resource `signers`
/// of group `cert-manager.io` in the issuer's namespace, the issuer's name or `*`. Thread-safe.
public final class AccessReviews implements SigningRequests.References {

    private final KubernetesClient client;

    public AccessReviews(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public boolean mayReference(CertificateSigningRequest request, IssuerRef issuer) {
        return List.of(issuer.name(), "*").stream()
                .anyMatch(name -> isAllowed(request.getSpec(), issuer.namespace(), name));
    }

    private boolean isAllowed(
            CertificateSigningRequestSpec requester, String namespace, String name) {
        SubjectAccessReview review =
                new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(requester.getUsername())
                        .withUid(requester.getUid())
                        .withGroups(requester.getGroups())
                        .withExtra(requester.getExtra())
                        .withNewResourceAttributes()
                        .withNamespace(namespace)
                        .withVerb("reference")
                        .withGroup("cert-manager.io")
                        .withResource("signers")
                        .withName(name)
                        .withVersion("*")
                        .endResourceAttributes()
                        .endSpec()
                        .build();
        SubjectAccessReview answer = client.resource(review).create();
        return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    }
}
