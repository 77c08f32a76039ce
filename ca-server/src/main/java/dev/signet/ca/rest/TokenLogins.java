package dev.signet.ca.rest;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;

import dev.signet.ca.attestation.IssuerTexts;
import dev.signet.ca.attestation.TokenFacts;
import dev.signet.ca.identity.ShownText;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Admins who show an OIDC token: signature, algorithm, issuer, audience and times are checked by
/// Spring Security's decoder with the issuer's own keys, then a claim says which roles.
/// Thread-safe; may wait for the issuer's keys, 10 s at most.
///
/// @rfc 7519
/// @rfc 8725
final class TokenLogins {

    private static final int MAX_TOKEN = 8 * 1024;
    private static final long CACHE_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long CACHE_WAIT_MILLIS = Duration.ofSeconds(10).toMillis();
    private static final long LEAST_REFRESH_MILLIS = Duration.ofSeconds(30).toMillis();
    private static final long OUTAGE_MILLIS = Duration.ofHours(24).toMillis();
    private static final int MAX_ROLES = 256;

    private final Map<String, Issuer> issuers = new HashMap<>();
    private final InstantSource clock;

    private record Issuer(OidcIssuer settings, AdminKeys keys, NimbusJwtDecoder decoder) {}

    TokenLogins(List<OidcIssuer> settings, InstantSource clock) {
        this.clock = clock;
        for (OidcIssuer issuer : settings) {
            AdminKeys keys = new AdminKeys(issuer);
            issuers.put(issuer.issuer(), new Issuer(issuer, keys, decoder(issuer, keys, clock)));
        }
    }

    /// What a token came to.
    sealed interface Outcome {
        /// @param subject `issuer|sub`
        record Proved(String subject, Set<Role> roles) implements Outcome {}

        /// UNAUTHENTICATED, or ATTESTATION_UNAVAILABLE where the keys cannot be had.
        record Refused(Refusal refusal) implements Outcome {}
    }

    Outcome login(String token) {
        if (token.length() > MAX_TOKEN) {
            return refused(token, "the token is longer than 8 KiB");
        }
        Issuer issuer = issuers.get(claimedIssuer(token));
        if (issuer == null) {
            return refused(
                    token,
                    "the token's issuer is not one of signet.admin.oidc"
                            + IssuerTexts.almost(claimedIssuer(token), issuers.keySet())
                                    .map(configured ->
                                            ": it names "
                                                    + IssuerTexts.excerpt(claimedIssuer(token))
                                                    + ", configured is "
                                                    + IssuerTexts.excerpt(configured)
                                                    + " (the two differ in a trailing slash)")
                                    .orElse(""));
        }
        try {
            Jwt jwt = issuer.decoder().decode(token);
            String subject = jwt.getSubject();
            if (subject == null
                    || subject.isBlank()
                    || subject.length() > 1024
                    || !ShownText.isShown(subject)) {
                return refused(token, "the token has no usable sub");
            }
            return new Outcome.Proved(
                    issuer.settings().issuer() + "|" + subject, roles(issuer.settings(), jwt));
        } catch (BadJwtException e) {
            // Its text names the claim at fault, nothing of the token.
            return refused(token, "the token is not accepted: " + e.getMessage());
        } catch (JwtException e) {
            if (issuer.keys().known() && isRateLimit(e)) {
                return refused(
                        token, "the token names a key that its issuer did not have just now");
            }
            return new Outcome.Refused(
                    Refusal.withDiagnosis(
                                    RefusalCode.ATTESTATION_UNAVAILABLE,
                                    "The token cannot be checked just now. Retry after the given"
                                            + " time.",
                                    String.valueOf(e.getMessage()))
                            .retryAfter(Duration.ofSeconds(1)));
        }
    }

    private static boolean isRateLimit(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RateLimitReachedException) {
                return true;
            }
        }
        return false;
    }

    private Outcome refused(String token, String diagnosis) {
        return new Outcome.Refused(
                Refusal.withDiagnosis(RefusalCode.UNAUTHENTICATED, "", diagnosis)
                        .telling(TokenFacts.of(token, clock.instant())));
    }

    /// Chooses whose keys must have signed; what they signed must then say the same.
    private static String claimedIssuer(String token) {
        try {
            String issuer = com.nimbusds.jwt.SignedJWT.parse(token).getJWTClaimsSet().getIssuer();
            return issuer == null ? "" : issuer;
        } catch (ParseException | RuntimeException _) {
            return "";
        }
    }

    private static NimbusJwtDecoder decoder(
            OidcIssuer issuer, AdminKeys source, InstantSource clock) {
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.<SecurityContext>create(source)
                        .cache(CACHE_MILLIS, CACHE_WAIT_MILLIS)
                        .rateLimited(LEAST_REFRESH_MILLIS)
                        .outageTolerant(OUTAGE_MILLIS)
                        .build();
        NimbusJwtDecoder decoder =
                NimbusJwtDecoder.withJwkSource(keys)
                        .jwsAlgorithms(algorithms ->
                                issuer.algorithms().stream()
                                        .map(SignatureAlgorithm::from)
                                        .forEach(algorithms::add))
                        .jwtProcessorCustomizer(processor ->
                                processor.setJWSTypeVerifier(
                                        new DefaultJOSEObjectTypeVerifier<>(
                                                JOSEObjectType.JWT,
                                                new JOSEObjectType("at+jwt"),
                                                null)))
                        .build();
        JwtTimestampValidator times = new JwtTimestampValidator(issuer.clockSkew());
        times.setAllowEmptyExpiryClaim(false);
        times.setClock(clock.withZone(ZoneOffset.UTC));
        decoder.setJwtValidator(
                new DelegatingOAuth2TokenValidator<>(
                        times,
                        new JwtIssuerValidator(issuer.issuer()),
                        audience(issuer.audience()),
                        lifetime(issuer, clock)));
        return decoder;
    }

    private static OAuth2TokenValidator<Jwt> audience(String audience) {
        return jwt ->
                jwt.getAudience() != null && jwt.getAudience().contains(audience)
                        ? OAuth2TokenValidatorResult.success()
                        : failure("aud");
    }

    private static OAuth2TokenValidator<Jwt> lifetime(OidcIssuer issuer, InstantSource clock) {
        return jwt -> {
            Instant now = clock.instant();
            Instant issuedAt = jwt.getIssuedAt();
            if (issuedAt != null && issuedAt.isAfter(now.plus(issuer.clockSkew()))) {
                return failure("iat");
            }
            Instant begin = issuedAt == null ? now : issuedAt;
            Instant end = jwt.getExpiresAt();
            return end != null && !end.isAfter(begin.plus(issuer.maxTokenLifetime()))
                    ? OAuth2TokenValidatorResult.success()
                    : failure("exp is too far away");
        };
    }

    private static OAuth2TokenValidatorResult failure(String claim) {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", claim, null));
    }

    private static Set<Role> roles(OidcIssuer issuer, Jwt jwt) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        Object claim = claim(jwt.getClaims(), issuer.roleClaim());
        Collection<?> values =
                claim instanceof Collection<?> several
                        ? several
                        : claim == null ? List.of() : List.of(claim);
        if (values.size() <= MAX_ROLES) {
            for (OidcIssuer.RoleMapping mapping : issuer.roles()) {
                if (values.contains(mapping.value())) {
                    roles.add(mapping.role());
                }
            }
        }
        return roles;
    }

    /// The claim of that whole name, else by way of objects.
    private static @Nullable Object claim(Map<?, ?> claims, String name) {
        if (claims.containsKey(name)) {
            return claims.get(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, name.substring(dot + 1))
                : null;
    }
}
