package dev.signet.ca.attestation;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One issuer whose tokens are accepted, as configured under `signet.attestation.token-issuers[n]`.
/// An instance that exists is usable.
///
/// @param name what logs and attributes call it, 1 to 63 characters of `[a-z0-9-]`
/// @param kind what its tokens mean
/// @param issuer the `iss` claim of its tokens, compared character by character; at most 512
///   characters
/// @param audiences at least one of them must be in a token's `aud`; 1 to 16, never empty: a token
///   made for somebody else proves nothing here
/// @param jwksFile where its keys are, JWK Set (RFC 7517); read again every `refresh`. At most one
///   of this, `jwksUrl` and `discovery`
/// @param jwksUrl `https` URL of its keys; no other host is asked, no redirect is followed
/// @param discovery whether the issuer itself says where its keys are: `issuer` is an https URL
///   then, asked for `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0); default:
///   where neither `jwksFile` nor `jwksUrl` is set
/// @param jwksHosts hosts, each with a port where it is not 443, that keys may be read from by
///   discovery, beside the issuer's own host and port; at most 8, default none (R14)
/// @param jwksCaFile PEM certificates to verify these hosts with, such as a cluster's own CA; null:
///   those of the JDK
/// @param jwksTokenFile bearer token to send to the host of `jwksUrl` or of the issuer, read again
///   for each request, such as the pod's own; null: none
/// @param refresh how often the keys are read again, 10 s to 24 h; default 5 min
/// @param maxKeyAge how long keys are used that could not be read again; at least `refresh`,
///   default 24 h
/// @param algorithms accepted signature algorithms (RFC 7518 3.1, RFC 8037 3.1), all asymmetric;
///   default ES256, ES384, RS256, EdDSA
/// @param maxTokenLifetime longest time from a token's issue to its expiry, 1 min to 7 d; default
///   24 h
/// @param maxTokenAge longest time since a token's issue, 10 s to 7 d: a token without `iat` is
///   refused then; null: what `maxTokenLifetime` and the token's expiry come to
/// @param claims names of claims to hand to policy as attributes `oidc.claim.<name>`; texts,
///   numbers and booleans only; at most 32, default none
public record TokenIssuer(
        String name,
        Kind kind,
        String issuer,
        List<String> audiences,
        @Nullable Path jwksFile,
        @Nullable URI jwksUrl,
        @Nullable Boolean discovery,
        List<String> jwksHosts,
        @Nullable Path jwksCaFile,
        @Nullable Path jwksTokenFile,
        Duration refresh,
        Duration maxKeyAge,
        Set<String> algorithms,
        Duration maxTokenLifetime,
        @Nullable Duration maxTokenAge,
        Set<String> claims) {

    /// What an issuer's tokens mean.
    public enum Kind {
        /// A Kubernetes API server: ServiceAccount tokens.
        KUBERNETES,
        /// Any other OIDC issuer.
        OIDC
    }

    private static final Set<String> DEFAULT_ALGORITHMS =
            Set.of("ES256", "ES384", "RS256", "EdDSA");
    private static final int MAX_ISSUER_LENGTH = 512;
    private static final int MAX_AUDIENCES = 16;
    private static final int MAX_CLAIMS = 32;
    private static final int MAX_HOSTS = 8;
    private static final String HOST = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?";

    public TokenIssuer {
        if (name == null || !name.matches("[a-z0-9-]{1,63}")) {
            throw new IllegalArgumentException(
                    "token issuer's name is not 1 to 63 characters of [a-z0-9-]: " + name);
        }
        if (kind == null) {
            throw fault(name, "has no kind (expected: kubernetes or oidc)");
        }
        if (issuer == null || issuer.isBlank() || issuer.length() > MAX_ISSUER_LENGTH) {
            throw fault(name, "has no issuer (expected: the text of its tokens' iss claim)");
        }
        audiences = audiences == null ? List.of() : List.copyOf(audiences);
        if (audiences.isEmpty()
                || audiences.size() > MAX_AUDIENCES
                || audiences.stream().anyMatch(String::isBlank)) {
            throw fault(name, "has no audiences (expected: 1 to 16, such as signet)");
        }
        boolean discovers = discovery == null ? jwksFile == null && jwksUrl == null : discovery;
        discovery = discovers;
        if ((jwksFile == null ? 0 : 1) + (jwksUrl == null ? 0 : 1) + (discovers ? 1 : 0) != 1) {
            throw fault(name, "must have one of jwks-file, jwks-url and discovery");
        }
        if (discovers && DiscoveredKeySource.discoveryUrl(issuer).isEmpty()) {
            throw fault(
                    name,
                    "has an issuer that cannot be asked where its keys are (expected: an https URL"
                            + " with a host, without user, query and fragment; or a jwks-file or"
                            + " jwks-url)");
        }
        jwksHosts = jwksHosts == null ? List.of() : List.copyOf(jwksHosts);
        if (jwksHosts.size() > MAX_HOSTS
                || jwksHosts.stream().anyMatch(host -> !host.matches(HOST))
                || (!discovers && !jwksHosts.isEmpty())) {
            throw fault(
                    name,
                    "has jwks-hosts that are not up to 8 host names, each perhaps with a port, or"
                            + " has them without discovery");
        }
        if (jwksUrl != null
                && (!"https".equals(jwksUrl.getScheme()) || jwksUrl.getHost() == null)) {
            throw fault(name, "has a jwks-url that is not an https URL with a host");
        }
        if (jwksFile != null && (jwksCaFile != null || jwksTokenFile != null)) {
            throw fault(name, "has a jwks-ca-file or jwks-token-file for keys in a file");
        }
        refresh = refresh == null ? Duration.ofMinutes(5) : refresh;
        require(name, "refresh", refresh, Duration.ofSeconds(10), Duration.ofHours(24));
        maxKeyAge = maxKeyAge == null ? Duration.ofHours(24) : maxKeyAge;
        require(name, "max-key-age", maxKeyAge, refresh, Duration.ofDays(365));
        algorithms =
                algorithms == null || algorithms.isEmpty()
                        ? DEFAULT_ALGORITHMS
                        : Set.copyOf(new HashSet<>(algorithms));
        for (String algorithm : algorithms) {
            if (TokenAlgorithm.named(algorithm).isEmpty()) {
                throw fault(
                        name,
                        "accepts algorithm "
                                + algorithm
                                + " (expected: some of ES256, ES384, ES512, RS256, RS384, RS512,"
                                + " PS256, PS384, PS512, EdDSA)");
            }
        }
        maxTokenLifetime = maxTokenLifetime == null ? Duration.ofHours(24) : maxTokenLifetime;
        require(
                name,
                "max-token-lifetime",
                maxTokenLifetime,
                Duration.ofMinutes(1),
                Duration.ofDays(7));
        if (maxTokenAge != null) {
            require(name, "max-token-age", maxTokenAge, Duration.ofSeconds(10), Duration.ofDays(7));
        }
        claims = claims == null ? Set.of() : Set.copyOf(new HashSet<>(claims));
        if (claims.size() > MAX_CLAIMS
                || claims.stream().anyMatch(claim -> !claim.matches("[A-Za-z0-9_.-]{1,64}"))) {
            throw fault(
                    name, "has claims that are not up to 32 names of 1 to 64 [A-Za-z0-9_.-] each");
        }
    }

    /// An issuer with all defaults whose keys are in a file.
    public static TokenIssuer ofFile(
            String name, Kind kind, String issuer, List<String> audiences, Path jwksFile) {
        return new TokenIssuer(
                name,
                kind,
                issuer,
                audiences,
                jwksFile,
                null,
                false,
                List.of(),
                null,
                null,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                DEFAULT_ALGORITHMS,
                Duration.ofHours(24),
                null,
                Set.of());
    }

    private static void require(
            String name, String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw fault(
                    name,
                    "has " + key + " " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private static IllegalArgumentException fault(String name, String what) {
        return new IllegalArgumentException("token issuer " + name + " " + what);
    }
}
