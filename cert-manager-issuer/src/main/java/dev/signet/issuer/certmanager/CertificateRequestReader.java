package dev.signet.issuer.certmanager;

import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.request.CertificationRequest;
import dev.signet.issuer.request.GoDuration;
import dev.signet.issuer.request.MalformedRequestException;
import dev.signet.issuer.request.RequestReader;
import dev.signet.issuer.request.RequestedContent;
import dev.signet.issuer.request.Usages;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An approved CertificateRequest as a request to the CA. Stateless.
final class CertificateRequestReader {

    /// Where none is given, as cert-manager has it.
    static final Duration DEFAULT_DURATION = Duration.ofDays(90);

    private static final String CERTIFICATE_NAME = "cert-manager.io/certificate-name";

    private CertificateRequestReader() {}

    static SigningRequest read(CertificateRequest resource) throws MalformedRequestException {
        CertificateRequest.Spec spec = resource.getSpec();
        String text = spec.request();
        if (text == null) {
            throw malformed("spec.request is missing");
        }
        byte[] pem;
        try {
            pem = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed("spec.request is not base64");
        }
        CertificationRequest request = RequestReader.readPem(pem);
        boolean authority = Boolean.TRUE.equals(spec.isCA());
        Usages usages = Usages.of(spec.usages() == null ? List.of() : spec.usages(), authority);
        ObjectMeta metadata = resource.getMetadata();
        return new SigningRequest(
                new SigningRequest.ResourceIdentity(
                        "CertificateRequest",
                        metadata.getNamespace(),
                        metadata.getName(),
                        metadata.getUid()),
                approved(resource),
                attributes(spec, metadata),
                request,
                Optional.of(RequestedContent.of(request, usages, authority)),
                request.spiffeId(),
                // The CA counts a lifetime's last second, who asks here does not.
                duration(spec.duration()).plusSeconds(1));
    }

    private static Duration duration(@Nullable String text) throws MalformedRequestException {
        if (text == null) {
            return DEFAULT_DURATION;
        }
        Duration duration = GoDuration.parse(text).orElse(Duration.ZERO);
        if (duration.toSeconds() < 1) {
            throw malformed("spec.duration is no duration of at least 1s");
        }
        return duration;
    }

    /// When it was approved; a condition without a readable time counts from the request's
    /// creation.
    private static Instant approved(CertificateRequest resource) {
        CertificateRequest.Status status = resource.getStatus();
        Condition condition =
                status == null ? null : Conditions.find(status.conditions(), "Approved");
        return Conditions.since(
                condition, Instant.parse(resource.getMetadata().getCreationTimestamp()));
    }

    private static Map<String, String> attributes(
            CertificateRequest.Spec spec, ObjectMeta metadata) {
        Map<String, String> said = new LinkedHashMap<>();
        put(said, "requester.username", spec.username());
        put(said, "requester.uid", spec.uid());
        if (spec.groups() != null) {
            put(said, "requester.groups", String.join(",", spec.groups()));
        }
        Map<String, String> annotations = metadata.getAnnotations();
        if (annotations != null) {
            put(said, "certificate-name", annotations.get(CERTIFICATE_NAME));
        }
        return said;
    }

    private static void put(Map<String, String> said, String key, @Nullable String value) {
        if (value != null) {
            said.put(key, value);
        }
    }

    private static MalformedRequestException malformed(String message) {
        return new MalformedRequestException(message);
    }
}
