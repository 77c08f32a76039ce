package dev.signet.ca.attestation;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a refused token itself says, for the caller that sent it ([Refusal#telling]). Made of the
/// token and the clock alone: the same whether its issuer is configured here or not, and whether
/// its signature is right. Stateless.
public final class TokenFacts {

    private static final int MAX_AUDIENCES = 4;

    private TokenFacts() {}

    /// @param token whatever was sent as one; nothing of it is believed, its signature never shown
    public static String of(String token, Instant now) {
        return of(CompactToken.parse(token), now);
    }

    static String of(Evidence.BearerToken bearer, Instant now) {
        return of(bearer.parsed(), now);
    }

    private static String of(Optional<CompactToken> parsed, Instant now) {
        if (parsed.isEmpty()) {
            return "The credential is not a JWT in compact form of at most 8 KiB.";
        }
        Map<String, Object> claims = parsed.get().claims();
        return "The token is of issuer \""
                + text(claims.get("iss"))
                + "\" (compared character by character, a trailing slash counts) for audience "
                + audience(claims.get("aud"))
                + validity(claims, now)
                + "; this server's clock shows "
                + now.truncatedTo(ChronoUnit.SECONDS)
                + ".";
    }

    private static String validity(Map<String, Object> claims, Instant now) {
        Optional<Instant> end = TokenClaims.time(claims.get("exp"));
        if (end.isEmpty()) {
            return " and has no readable expiry";
        }
        if (!now.isBefore(end.get())) {
            return " and expired at " + end.get();
        }
        for (String name : List.of("nbf", "iat")) {
            Optional<Instant> begin = TokenClaims.time(claims.get(name));
            if (begin.isPresent() && now.isBefore(begin.get())) {
                return " and is not valid before " + begin.get();
            }
        }
        return " and expires at " + end.get();
    }

    private static String audience(@Nullable Object claim) {
        List<?> audiences = claim instanceof List<?> several ? several : List.of(text(claim));
        StringBuilder words = new StringBuilder();
        for (Object audience : audiences.subList(0, Math.min(audiences.size(), MAX_AUDIENCES))) {
            words.append(words.isEmpty() ? "" : ", ")
                    .append('"')
                    .append(text(audience))
                    .append('"');
        }
        return audiences.size() > MAX_AUDIENCES ? words + ", ..." : words.toString();
    }

    private static String text(@Nullable Object claim) {
        return claim instanceof String text ? IssuerTexts.excerpt(text) : "";
    }
}
