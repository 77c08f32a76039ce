package dev.signet.ca.attestation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.signet.ca.attestation.TokenReviews.Review;
import dev.signet.ca.crypto.CryptoProvider;

import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Checks ServiceAccount tokens by asking the cluster that they name as issuer. A positive answer
/// is used again for seconds, by the SHA-256 of the whole token; everything else is asked anew.
/// There is no other check to fall back on: a cluster that is away lets nobody in. Thread-safe.
final class ClusterAttestor implements AutoCloseable {

    private static final Duration OPEN_TIME = Duration.ofSeconds(2);

    private final Map<String, Reviewed> byIssuer;
    private final List<TokenReviews> reviews;
    private final CryptoProvider crypto;

    ClusterAttestor(
            List<KubernetesCluster> clusters,
            CryptoProvider crypto,
            InstantSource clock,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.crypto = crypto;
        Map<String, Reviewed> all = new HashMap<>();
        List<TokenReviews> asked = new ArrayList<>();
        for (KubernetesCluster cluster : clusters) {
            TokenReviews each = new TokenReviews(cluster, OPEN_TIME, clock, nanoTime, registry);
            asked.add(each);
            // Its housekeeping is small; on this thread it needs no pool.
            Cache<ByteBuffer, Known> known =
                    Caffeine.newBuilder()
                            .maximumSize(cluster.cacheTime().isZero() ? 0 : cluster.cacheSize())
                            .expireAfterWrite(cluster.cacheTime())
                            .ticker(nanoTime::getAsLong)
                            .executor(Runnable::run)
                            .build();
            Reviewed reviewed = new Reviewed(cluster, each, known);
            cluster.issuers().forEach(issuer -> all.put(issuer, reviewed));
        }
        this.byIssuer = Map.copyOf(all);
        this.reviews = List.copyOf(asked);
    }

    /// Whether a token that was taken apart names one of these clusters. Proves nothing.
    Optional<Reviewed> clusterOf(CompactToken token) {
        return token.claims().get("iss") instanceof String issuer
                ? Optional.ofNullable(byIssuer.get(issuer))
                : Optional.empty();
    }

    /// Texts of the iss claims of their tokens.
    Set<String> issuers() {
        return byIssuer.keySet();
    }

    boolean isEmpty() {
        return byIssuer.isEmpty();
    }

    /// The answer of the last seconds; null: none. Never blocks.
    Attestation.@Nullable Outcome known(Reviewed cluster, String token, Instant now) {
        Known known = cluster.known().getIfPresent(name(token));
        return known != null && now.isBefore(known.end()) ? known.outcome() : null;
    }

    /// Asks the cluster; blocks for its timeout at most.
    Attestation.Outcome review(Reviewed cluster, CompactToken parsed, String token) {
        String name = cluster.settings().name();
        return switch (cluster.reviews().review(token)) {
            case Review.Unavailable(String why) ->
                    Unauthenticated.unavailable("API server of cluster " + name + " " + why);
            case Review.Refused(String what) ->
                    Unauthenticated.because("the token of cluster " + name + " " + what);
            case Review.Proves(AttestedCaller caller) -> {
                var outcome = new Attestation.Outcome.Attested(caller);
                // The API server has verified the octets that say when the token ends.
                Instant end = TokenClaims.time(parsed.claims().get("exp")).orElse(Instant.MIN);
                cluster.known().put(name(token), new Known(outcome, end));
                yield outcome;
            }
        };
    }

    private ByteBuffer name(String token) {
        return ByteBuffer.wrap(crypto.sha256(token.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        reviews.forEach(TokenReviews::close);
    }

    /// One cluster with what it said lately.
    record Reviewed(
            KubernetesCluster settings, TokenReviews reviews, Cache<ByteBuffer, Known> known) {}

    /// @param end first instant at which the token itself has expired
    record Known(Attestation.Outcome outcome, Instant end) {}
}
