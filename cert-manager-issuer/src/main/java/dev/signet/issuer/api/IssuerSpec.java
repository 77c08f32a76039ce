package dev.signet.issuer.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// What an issuer is to be. The schema in `helm/signet/crds` has the bounds and what each field
/// means; a field that is not given is null here.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IssuerSpec(
        @Nullable List<String> addresses,
        @Nullable BundleSource trustBundle,
        @Nullable Credential credential,
        @Nullable PolicyHints policy,
        @Nullable Boolean includeCa,
        @Nullable String retryWindow) {

    /// Exactly one of the three.
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BundleSource(
            @Nullable String inline, @Nullable KeyRef configMap, @Nullable KeyRef secret) {}

    /// One entry of a ConfigMap or Secret.
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyRef(String name, @Nullable String key) {}

    /// What the controller proves itself with; not given: its own token.
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Credential(@Nullable ServiceAccount serviceAccount) {}

    /// A ServiceAccount whose token is asked for.
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ServiceAccount(String name, @Nullable String audience) {}

    /// What to tell policy, and to request.
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PolicyHints(
            @Nullable String profile,
            @Nullable String caProfile,
            @Nullable String maxDuration,
            @Nullable Map<String, String> attributes) {}
}
