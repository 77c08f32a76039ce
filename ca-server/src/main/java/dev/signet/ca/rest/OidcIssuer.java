package dev.signet.ca.rest;

import dev.signet.ca.privilege.Role;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// An issuer whose tokens prove who an admin is, as configured under `signet.admin.oidc[n]`.
///
/// @param issuer the `iss` claim of its tokens, compared character by character
/// @param audience what must be in a token's `aud`
/// @param jwksFile where its keys are, JWK Set; read again every 5 min. This, `jwksUrl`, or
///   neither: then `issuer` is an https URL and its discovery document names the keys' URL
/// @param jwksUrl `https` URL of its keys; no redirect is followed
/// @param hosts further hosts that the discovery document may name; its own is always one
/// @param caFile PEM certificates to verify those hosts with; null: those of the JDK
/// @param roleClaim name of the claim that holds the roles, a text or a list of texts; a dot goes
///   into an object: `realm_access.roles`
/// @param roles what the claim's values mean; at least one
/// @param algorithms accepted signature algorithms, all asymmetric
/// @param maxTokenLifetime longest time from a token's issue to its expiry
/// @param clockSkew how far its clock may be off
public record OidcIssuer(
        String issuer,
        String audience,
        @Nullable Path jwksFile,
        @Nullable URI jwksUrl,
        Set<String> hosts,
        @Nullable Path caFile,
        String roleClaim,
        List<RoleMapping> roles,
        Set<String> algorithms,
        Duration maxTokenLifetime,
        Duration clockSkew) {

    private static final Set<String> KNOWN_ALGORITHMS =
            Set.of("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    private static final Set<String> DEFAULT_ALGORITHMS = Set.of("ES256", "ES384", "RS256");

    /// @param value of the role claim, compared character by character
    public record RoleMapping(String value, Role role) {
        public RoleMapping {
            if (value == null || value.isBlank() || role == null) {
                throw new IllegalArgumentException(
                        "signet.admin.oidc: a role mapping lacks value or role (expected: both; a"
                                + " role is viewer, operator, security-officer or admin)");
            }
        }
    }

    public OidcIssuer {
        if (issuer == null || issuer.isBlank() || issuer.length() > 512) {
            throw new IllegalArgumentException(
                    "signet.admin.oidc: an issuer is missing (expected: the text of the iss"
                            + " claim)");
        }
        if (audience == null || audience.isBlank()) {
            throw fault(issuer, "has no audience (expected: one, such as signet-admin)");
        }
        if (jwksFile != null && jwksUrl != null) {
            throw fault(issuer, "has a jwks-file and a jwks-url (expected: one of them at most)");
        }
        if (jwksUrl != null && !isHttps(jwksUrl)) {
            throw fault(issuer, "has a jwks-url that is not an https URL with a host");
        }
        if (jwksFile == null && jwksUrl == null && !isHttpsText(issuer)) {
            throw fault(
                    issuer,
                    "is not an https URL and has neither jwks-file nor jwks-url (expected: one of"
                            + " the three)");
        }
        hosts = hosts == null ? Set.of() : Set.copyOf(hosts);
        roleClaim = roleClaim == null || roleClaim.isBlank() ? "roles" : roleClaim;
        if (roles == null || roles.isEmpty()) {
            throw fault(issuer, "maps nothing to a role (expected: roles[0].value and .role)");
        }
        roles = List.copyOf(roles);
        algorithms =
                algorithms == null || algorithms.isEmpty()
                        ? DEFAULT_ALGORITHMS
                        : Set.copyOf(algorithms);
        if (!KNOWN_ALGORITHMS.containsAll(algorithms)) {
            throw fault(
                    issuer,
                    "accepts algorithms "
                            + algorithms
                            + " (expected: some of ES256, ES384, ES512, RS256, RS384, RS512, PS256,"
                            + " PS384, PS512)");
        }
        maxTokenLifetime = maxTokenLifetime == null ? Duration.ofHours(24) : maxTokenLifetime;
        AdminSettings.check(
                "signet.admin.oidc[n].max-token-lifetime",
                maxTokenLifetime,
                Duration.ofMinutes(1),
                Duration.ofDays(7));
        clockSkew = clockSkew == null ? Duration.ofSeconds(30) : clockSkew;
        AdminSettings.check(
                "signet.admin.oidc[n].clock-skew", clockSkew, Duration.ZERO, Duration.ofMinutes(5));
    }

    private static boolean isHttpsText(String text) {
        try {
            return isHttps(URI.create(text));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isHttps(URI url) {
        return "https".equals(url.getScheme()) && url.getHost() != null;
    }

    private static IllegalArgumentException fault(String issuer, String what) {
        return new IllegalArgumentException("signet.admin.oidc: issuer " + issuer + " " + what);
    }
}
