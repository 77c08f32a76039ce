package dev.signet.issuer.certmanager;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// cert-manager's CertificateRequest, as far as an issuer reads and writes it.
@JsonDeserialize(using = JsonDeserializer.None.class)
@Group("cert-manager.io")
@Version("v1")
@Kind("CertificateRequest")
@Plural("certificaterequests")
public final class CertificateRequest
        extends CustomResource<CertificateRequest.Spec, CertificateRequest.Status>
        implements Namespaced {

    private static final long serialVersionUID = 1L;

    /// What is asked for.
    ///
    /// @param request base64 of a PEM PKCS#10 request
    /// @param username of the requester, by cert-manager's webhook, as uid and groups are
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            @Nullable String request,
            @Nullable IssuerReference issuerRef,
            @Nullable String duration,
            @Nullable Boolean isCA,
            @Nullable List<String> usages,
            @Nullable String username,
            @Nullable String uid,
            @Nullable List<String> groups) {}

    /// Who is to issue.
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record IssuerReference(
            @Nullable String name, @Nullable String kind, @Nullable String group) {}

    /// What came of it.
    ///
    /// @param certificate base64 of PEM, leaf first
    /// @param ca base64 of the root's PEM
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Status(
            @Nullable List<Condition> conditions,
            @Nullable String certificate,
            @Nullable String ca,
            @Nullable String failureTime) {}
}
