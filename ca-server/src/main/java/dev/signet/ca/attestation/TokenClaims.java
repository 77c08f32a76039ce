package dev.signet.ca.attestation;

import dev.signet.ca.egress.StrictJson;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.ShownText;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a verified token says, held against what its issuer may say.
///
/// @rfc 7519 4.1
final class TokenClaims {

    private static final int MAX_TEXT = 1024;
    private static final int MAX_AUDIENCES = 32;

    /// Seconds since the Unix epoch with an optional fraction, no exponent: up to the year 5138.
    private static final Pattern NUMERIC_DATE = Pattern.compile("(\\d{1,11})(\\.\\d{1,9})?");

    private static final String LEGACY_PREFIX = "kubernetes.io/serviceaccount/";

    private final TokenIssuer issuer;
    private final Duration clockSkew;

    TokenClaims(TokenIssuer issuer, Duration clockSkew) {
        this.issuer = issuer;
        this.clockSkew = clockSkew;
    }

    /// Whether the claims prove an identity at this instant.
    Reading read(Map<String, Object> claims, Instant now) {
        if (!issuer.issuer().equals(claims.get("iss"))) {
            return new Reading.Wrong("has another issuer than its key");
        }
        if (!hasOurAudience(claims.get("aud"))) {
            return new Reading.Wrong("is not for an audience of ours");
        }
        Optional<Instant> expires = time(claims.get("exp"));
        if (expires.isEmpty()) {
            return new Reading.Wrong("has no readable exp");
        }
        Instant end = expires.get().plus(clockSkew);
        if (!now.isBefore(end)) {
            return new Reading.Wrong("expired at " + expires.get());
        }
        Instant begin = Instant.MIN;
        Instant life = now;
        for (String name : List.of("nbf", "iat")) {
            Object claim = claims.get(name);
            if (claim != null) {
                Optional<Instant> time = time(claim);
                if (time.isEmpty()) {
                    return new Reading.Wrong("has an unreadable " + name);
                }
                Instant from = time.get().minus(clockSkew);
                begin = from.isAfter(begin) ? from : begin;
                life = time.get();
            }
        }
        if (now.isBefore(begin)) {
            return new Reading.Wrong("is not valid before " + begin.plus(clockSkew));
        }
        if (expires.get().isAfter(life.plus(issuer.maxTokenLifetime()))) {
            return new Reading.Wrong("lives longer than " + issuer.maxTokenLifetime());
        }
        Duration maxAge = issuer.maxTokenAge();
        if (maxAge != null) {
            Optional<Instant> issued = time(claims.get("iat"));
            if (issued.isEmpty()) {
                return new Reading.Wrong("has no iat");
            }
            Instant tooOld = issued.get().plus(maxAge).plus(clockSkew);
            if (!now.isBefore(tooOld)) {
                return new Reading.Wrong("is older than " + maxAge);
            }
            end = tooOld.isBefore(end) ? tooOld : end;
        }
        Optional<String> subject = text(claims.get("sub"));
        if (subject.isEmpty()) {
            return new Reading.Wrong("has no readable sub");
        }
        return switch (issuer.kind()) {
            case KUBERNETES -> kubernetes(claims, subject.get(), begin, end);
            case OIDC -> oidc(claims, subject.get(), begin, end);
        };
    }

    private Reading kubernetes(
            Map<String, Object> claims, String subject, Instant begin, Instant end) {
        if (claims.keySet().stream().anyMatch(name -> name.startsWith(LEGACY_PREFIX))) {
            return new Reading.Wrong("is a legacy service account token");
        }
        if (!claims.containsKey("iat")) {
            return new Reading.Wrong("has no iat");
        }
        Map<?, ?> details = object(claims.get("kubernetes.io"));
        Map<?, ?> account = object(details.get("serviceaccount"));
        Optional<ServiceAccountName> named =
                text(details.get("namespace"))
                        .flatMap(namespace ->
                                text(account.get("name"))
                                        .flatMap(name -> ServiceAccountName.of(namespace, name)));
        if (named.isEmpty()) {
            return new Reading.Wrong("names no service account in kubernetes.io");
        }
        if (!subject.equals(named.get().username())) {
            return new Reading.Wrong("has a sub that disagrees with kubernetes.io");
        }
        Map<String, String> attributes = new TreeMap<>();
        attributes.put("kubernetes.namespace", named.get().namespace());
        attributes.put("kubernetes.service-account", named.get().name());
        put(attributes, "kubernetes.service-account-uid", account.get("uid"));
        Map<?, ?> pod = object(details.get("pod"));
        put(attributes, "kubernetes.pod-name", pod.get("name"));
        put(attributes, "kubernetes.pod-uid", pod.get("uid"));
        Map<?, ?> node = object(details.get("node"));
        put(attributes, "kubernetes.node-name", node.get("name"));
        put(attributes, "kubernetes.node-uid", node.get("uid"));
        return caller(EvidenceKind.KUBERNETES, subject, attributes, begin, end);
    }

    private Reading oidc(Map<String, Object> claims, String subject, Instant begin, Instant end) {
        Map<String, String> attributes = new TreeMap<>();
        attributes.put("oidc.subject", subject);
        for (String name : issuer.claims()) {
            put(attributes, "oidc.claim." + name, claims.get(name));
        }
        return caller(EvidenceKind.OIDC, subject, attributes, begin, end);
    }

    private Reading caller(
            EvidenceKind kind,
            String subject,
            Map<String, String> attributes,
            Instant begin,
            Instant end) {
        attributes.put("token.issuer", issuer.name());
        AttestedCaller caller =
                new AttestedCaller(kind, issuer.issuer() + "|" + subject, attributes, null, null);
        return new Reading.Proves(caller, begin, end);
    }

    private boolean hasOurAudience(@Nullable Object claim) {
        if (claim instanceof String audience) {
            return issuer.audiences().contains(audience);
        }
        if (!(claim instanceof List<?> audiences) || audiences.size() > MAX_AUDIENCES) {
            return false;
        }
        boolean ours = false;
        for (Object audience : audiences) {
            if (!(audience instanceof String text)) {
                return false;
            }
            ours |= issuer.audiences().contains(text);
        }
        return ours;
    }

    /// A NumericDate, to the second.
    static Optional<Instant> time(@Nullable Object claim) {
        if (!(claim instanceof StrictJson.Figure(String literal))) {
            return Optional.empty();
        }
        var matcher = NUMERIC_DATE.matcher(literal);
        return matcher.matches()
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(matcher.group(1))))
                : Optional.empty();
    }

    private static Map<?, ?> object(@Nullable Object claim) {
        return claim instanceof Map<?, ?> object ? object : Map.of();
    }

    /// Texts that are fit for a record: 1 to 1024 characters that show as themselves.
    static Optional<String> text(@Nullable Object claim) {
        if (!(claim instanceof String text) || text.isEmpty() || text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        return ShownText.isShown(text) ? Optional.of(text) : Optional.empty();
    }

    private static void put(Map<String, String> attributes, String name, @Nullable Object claim) {
        Optional<String> value =
                switch (claim) {
                    case String _ -> text(claim);
                    case Boolean b -> Optional.of(b.toString());
                    case StrictJson.Figure(String literal) -> text(literal);
                    case null, default -> Optional.empty();
                };
        value.ifPresent(text -> attributes.put(name, text));
    }

    /// What the claims come to.
    sealed interface Reading {
        /// @param begin first instant at which they hold, clock skew included
        /// @param end first instant at which they hold no more, clock skew included
        record Proves(AttestedCaller caller, Instant begin, Instant end) implements Reading {}

        /// @param what follows "the token"
        record Wrong(String what) implements Reading {}
    }
}
