package dev.signet.ca.attestation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.signet.ca.attestation.IssuerKeys.Lookup;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.Ascii;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Checks tokens of the configured issuers without asking anybody. A token that was verified is
/// remembered by the SHA-256 of its whole text: its times are checked at each use, and it is
/// forgotten with the key that verified it. Thread-safe; never blocks.
///
/// @rfc 7519
/// @rfc 8725
final class TokenAttestor {

    /// Parameters that change what the octets mean, or that ask to be understood.
    private static final Set<String> REFUSED_PARAMETERS =
            Set.of("crit", "b64", "cty", "enc", "zip");

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    private static final int MAX_KEY_ID = 256;

    private final Map<String, Issuer> issuers;
    private final Set<String> known;
    private final CryptoProvider crypto;
    private final Cache<ByteBuffer, Verified> verified;

    /// @param issuers by the text of their tokens' iss claim
    TokenAttestor(Map<String, Issuer> issuers, CryptoProvider crypto, int cacheSize) {
        this(issuers, Set.of(), crypto, cacheSize);
    }

    /// @param others issuers whose tokens others check
    TokenAttestor(
            Map<String, Issuer> issuers, Set<String> others, CryptoProvider crypto, int cacheSize) {
        this.issuers = Map.copyOf(issuers);
        Set<String> texts = new HashSet<>(issuers.keySet());
        texts.addAll(others);
        this.known = Set.copyOf(texts);
        this.crypto = crypto;
        // Its housekeeping is small; on this thread it needs no pool.
        this.verified =
                Caffeine.newBuilder().maximumSize(cacheSize).executor(Runnable::run).build();
    }

    Attestation.Outcome attest(Evidence.BearerToken bearer, Instant now) {
        String text = bearer.token();
        if (text.length() > CompactToken.MAX_LENGTH) {
            return Unauthenticated.because("the token is longer than 8 KiB");
        }
        ByteBuffer name = ByteBuffer.wrap(crypto.sha256(text.getBytes(StandardCharsets.UTF_8)));
        Verified known = verified.getIfPresent(name);
        if (known != null) {
            if (known.holds(now)) {
                return known.outcome();
            }
            verified.invalidate(name); // verified anew, which says what is wrong
        }
        return verify(bearer, name, now);
    }

    private Attestation.Outcome verify(Evidence.BearerToken bearer, ByteBuffer name, Instant now) {
        Optional<CompactToken> parsed = bearer.parsed();
        if (parsed.isEmpty()) {
            return Unauthenticated.because("the token is not a JWT in compact form");
        }
        CompactToken token = parsed.get();
        // Chooses whose keys must have signed; what they signed must then say the same.
        Object claimed = token.claims().get("iss");
        Issuer issuer = claimed instanceof String iss ? issuers.get(iss) : null;
        if (issuer == null) {
            return Unauthenticated.because(
                    "the token's issuer is not configured: "
                            + (claimed instanceof String iss ? unknown(iss) : "none"));
        }
        String who = "the token of issuer " + issuer.settings().name() + " ";
        Optional<TokenAlgorithm> algorithm = algorithm(token.header(), issuer);
        if (algorithm.isEmpty()) {
            return Unauthenticated.because(who + "has a header that is not accepted");
        }
        Object keyId = token.header().get("kid");
        if (keyId != null && !(keyId instanceof String id && id.length() <= MAX_KEY_ID)) {
            return Unauthenticated.because(who + "has an unreadable kid");
        }
        return switch (issuer.keys().find((String) keyId, algorithm.get(), now)) {
            case Lookup.NotYet() ->
                    Unauthenticated.unavailable(
                            "keys of issuer " + issuer.settings().name() + " are not known now");
            case Lookup.Unknown() ->
                    Unauthenticated.because(who + "is not signed with a key of that issuer");
            case Lookup.Found(var keys) -> {
                VerificationKey key = signer(keys, algorithm.get(), token);
                yield key == null
                        ? Unauthenticated.because(who + "has a wrong signature")
                        : read(issuer, token, key, name, who, now);
            }
        };
    }

    private String unknown(String iss) {
        return Unauthenticated.excerpt(iss)
                + IssuerTexts.almost(iss, known)
                        .map(configured ->
                                " (configured: "
                                        + Unauthenticated.excerpt(configured)
                                        + "; the two differ in a trailing slash)")
                        .orElse("");
    }

    private Attestation.Outcome read(
            Issuer issuer,
            CompactToken token,
            VerificationKey key,
            ByteBuffer name,
            String who,
            Instant now) {
        return switch (issuer.claims().read(token.claims(), now)) {
            // Its signature is right: what it names can be told to the operator.
            case TokenClaims.Reading.Wrong(String what) ->
                    new Attestation.Outcome.Refused(
                            Unauthenticated.refusal(who + what),
                            TokenClaims.text(token.claims().get("sub"))
                                    .map(sub -> issuer.settings().issuer() + "|" + sub)
                                    .orElse(""));
            case TokenClaims.Reading.Proves(var caller, var begin, var end) -> {
                var outcome = new Attestation.Outcome.Attested(caller);
                verified.put(name, new Verified(outcome, issuer.keys(), key, begin, end));
                yield outcome;
            }
        };
    }

    private @Nullable VerificationKey signer(
            Iterable<VerificationKey> keys, TokenAlgorithm algorithm, CompactToken token) {
        for (VerificationKey key : keys) {
            if (key.verifies(algorithm, token.signingInput(), token.signature(), crypto)) {
                return key;
            }
        }
        return null;
    }

    private static Optional<TokenAlgorithm> algorithm(Map<String, Object> header, Issuer issuer) {
        for (String parameter : REFUSED_PARAMETERS) {
            if (header.containsKey(parameter)) {
                return Optional.empty();
            }
        }
        Object type = header.get("typ");
        if (type != null
                && !(type instanceof String text && TYPES.contains(Ascii.lowerCase(text)))) {
            return Optional.empty();
        }
        return header.get("alg") instanceof String name
                        && issuer.settings().algorithms().contains(name)
                ? TokenAlgorithm.named(name)
                : Optional.empty();
    }

    /// One configured issuer with its keys.
    record Issuer(TokenIssuer settings, TokenClaims claims, IssuerKeys keys) {}

    private record Verified(
            Attestation.Outcome.Attested outcome,
            IssuerKeys keys,
            VerificationKey key,
            Instant begin,
            Instant end) {

        boolean holds(Instant now) {
            return !now.isBefore(begin) && now.isBefore(end) && keys.holds(key, now);
        }
    }
}
