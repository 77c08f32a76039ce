package dev.signet.issuer.csr;

import dev.signet.issuer.request.CertificationRequest;
import dev.signet.issuer.request.GoDuration;
import dev.signet.issuer.request.MalformedRequestException;
import dev.signet.issuer.request.RequestReader;
import dev.signet.issuer.request.RequestedContent;
import dev.signet.issuer.request.Usages;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An approved CertificateSigningRequest as a request to the CA; the annotations are those that
/// cert-manager gives its own signers. Stateless.
final class SigningRequestReader {

    private static final String DURATION = "experimental.cert-manager.io/request-duration";
    private static final String IS_CA = "experimental.cert-manager.io/request-is-ca";
    private static final Duration DEFAULT_DURATION = Duration.ofDays(90);
    private static final Duration LEAST_DURATION = Duration.ofMinutes(10);

    private SigningRequestReader() {}

    static SigningRequest read(CertificateSigningRequest resource)
            throws MalformedRequestException, InvalidDurationException {
        CertificateSigningRequestSpec spec = resource.getSpec();
        Map<String, String> annotations =
                resource.getMetadata().getAnnotations() == null
                        ? Map.of()
                        : resource.getMetadata().getAnnotations();
        Duration duration = duration(annotations.get(DURATION), spec.getExpirationSeconds());
        byte[] pem;
        try {
            pem = Base64.getDecoder().decode(spec.getRequest());
        } catch (IllegalArgumentException e) {
            throw new MalformedRequestException("spec.request is not base64");
        }
        CertificationRequest request = RequestReader.readPem(pem);
        boolean authority = "true".equals(annotations.get(IS_CA));
        List<String> usages = spec.getUsages() == null ? List.of() : spec.getUsages();
        return new SigningRequest(
                new SigningRequest.ResourceIdentity(
                        "CertificateSigningRequest",
                        "",
                        resource.getMetadata().getName(),
                        resource.getMetadata().getUid()),
                approved(resource),
                attributes(spec),
                request,
                Optional.of(RequestedContent.of(request, Usages.of(usages, authority), authority)),
                request.spiffeId(),
                // The CA counts a lifetime's last second, who asks here does not.
                duration.plusSeconds(1));
    }

    private static Duration duration(@Nullable String annotation, @Nullable Integer seconds)
            throws InvalidDurationException {
        Duration duration = DEFAULT_DURATION;
        if (annotation != null) {
            duration =
                    GoDuration.parse(annotation)
                            .orElseThrow(() ->
                                    new InvalidDurationException(
                                            "annotation " + DURATION + " is no duration"));
        } else if (seconds != null) {
            duration = Duration.ofSeconds(seconds);
        }
        if (duration.compareTo(LEAST_DURATION) < 0) {
            throw new InvalidDurationException("the duration is shorter than 600 s");
        }
        return duration;
    }

    static Optional<CertificateSigningRequestCondition> condition(
            CertificateSigningRequest resource, String type) {
        if (resource.getStatus() == null || resource.getStatus().getConditions() == null) {
            return Optional.empty();
        }
        return resource.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private static Instant approved(CertificateSigningRequest resource) {
        Instant created = Instant.parse(resource.getMetadata().getCreationTimestamp());
        try {
            return condition(resource, "Approved")
                    .map(CertificateSigningRequestCondition::getLastTransitionTime)
                    .map(Instant::parse)
                    .orElse(created);
        } catch (DateTimeParseException e) {
            return created;
        }
    }

    private static Map<String, String> attributes(CertificateSigningRequestSpec spec) {
        Map<String, String> said = new LinkedHashMap<>();
        if (spec.getUsername() != null) {
            said.put("requester.username", spec.getUsername());
        }
        if (spec.getUid() != null) {
            said.put("requester.uid", spec.getUid());
        }
        if (spec.getGroups() != null) {
            said.put("requester.groups", String.join(",", spec.getGroups()));
        }
        return said;
    }
}
