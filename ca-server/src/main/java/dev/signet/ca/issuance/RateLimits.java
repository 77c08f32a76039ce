package dev.signet.ca.issuance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.RateLimit;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How many certificates an identity, a caller, a rule and all together may be given in a time, on
/// this replica. A bounded number of buckets; one that nobody asked for during its period is full
/// again and is forgotten. Thread-safe, never blocks.
///
/// What is refused later for the caller's own sake (its certification request, its token) has used
/// up its place. What fails because of this server gives it back: an outage must not lock callers
/// out of a rule that grants few. Each code's origin decides which of the two it is, and [Flight]
/// does it.
final class RateLimits {

    static final int MAX_BUCKETS = 200_000;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

    /// What a bucket counts. The limit is part of it: another limit begins anew.
    ///
    /// @param rule null: a limit of the server's
    /// @param of SPIFFE ID or evidence subject; empty: all
    private record Key(
            String limit,
            Allowance allowance,
            @Nullable String rule,
            @Nullable EvidenceKind kind,
            String of) {}

    private final @Nullable Allowance identity;
    private final @Nullable Allowance subject;
    private final @Nullable Allowance total;
    private final TimeMeter time;
    private final Cache<Key, Bucket> buckets;

    RateLimits(RateLimitSettings settings, LongSupplier nanoTime) {
        this.identity = Allowance.parse("identity", settings.identity()).orElse(null);
        this.subject = Allowance.parse("subject", settings.subject()).orElse(null);
        this.total = Allowance.parse("total", settings.total()).orElse(null);
        this.time =
                new TimeMeter() {
                    @Override
                    public long currentTimeNanos() {
                        return nanoTime.getAsLong();
                    }

                    @Override
                    public boolean isWallClockBased() {
                        return false;
                    }
                };
        Ticker ticker = nanoTime::getAsLong;
        this.buckets =
                Caffeine.newBuilder()
                        .maximumSize(MAX_BUCKETS)
                        .expireAfter(
                                Expiry.accessing((Key key, Bucket _) -> key.allowance().period()))
                        .ticker(ticker)
                        .executor(Runnable::run)
                        .build();
    }

    /// Takes one place under each limit that applies, or none.
    ///
    /// @return RATE_LIMITED with the time until there is a place; empty: go on
    Optional<Refusal> take(AttestedCaller caller, Decision.Granted grant) {
        List<Key> keys = keys(caller, grant);
        for (int i = 0; i < keys.size(); i++) {
            ConsumptionProbe probe = bucket(keys.get(i)).tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                keys.subList(0, i).forEach(key -> bucket(key).addTokens(1));
                return Optional.of(refusal(keys.get(i), probe.getNanosToWaitForRefill()));
            }
        }
        return Optional.empty();
    }

    /// Gives back what [#take] took. [Flight] alone calls it.
    void giveBack(AttestedCaller caller, Decision.Granted grant) {
        keys(caller, grant).forEach(key -> bucket(key).addTokens(1));
    }

    private List<Key> keys(AttestedCaller caller, Decision.Granted grant) {
        // Without its own certificate this server could serve nobody.
        if (caller.kind() == EvidenceKind.SERVER) {
            return List.of();
        }
        List<Key> keys = new ArrayList<>(4);
        RateLimit ofRule = grant.rateLimit();
        if (ofRule != null) {
            keys.add(ruleKey(caller, grant, ofRule));
        }
        if (identity != null) {
            keys.add(new Key("identity", identity, null, null, grant.spiffeId().toString()));
        }
        if (subject != null) {
            keys.add(new Key("subject", subject, null, caller.kind(), caller.subject()));
        }
        if (total != null) {
            keys.add(new Key("total", total, null, null, ""));
        }
        return keys;
    }

    private static Key ruleKey(AttestedCaller caller, Decision.Granted grant, RateLimit limit) {
        Allowance allowance = new Allowance(limit.issuances(), limit.period());
        return switch (limit.per()) {
            case IDENTITY ->
                    new Key(
                            "rule-identity",
                            allowance,
                            grant.rule(),
                            null,
                            grant.spiffeId().toString());
            case SUBJECT ->
                    new Key(
                            "rule-subject",
                            allowance,
                            grant.rule(),
                            caller.kind(),
                            caller.subject());
            case RULE -> new Key("rule", allowance, grant.rule(), null, "");
        };
    }

    private Bucket bucket(Key key) {
        return buckets.get(
                key,
                made ->
                        Bucket.builder()
                                .addLimit(bandwidth ->
                                        bandwidth
                                                .capacity(made.allowance().issuances())
                                                .refillGreedy(
                                                        made.allowance().issuances(),
                                                        made.allowance().period()))
                                .withCustomTimePrecision(time)
                                .build());
    }

    private static Refusal refusal(Key key, long nanosToWait) {
        Duration wait = Duration.ofNanos(nanosToWait);
        String whose =
                switch (key.limit()) {
                    case "identity", "rule-identity" -> "This identity";
                    case "subject", "rule-subject" -> "This caller";
                    default -> "This server";
                };
        return new Refusal(
                RefusalCode.RATE_LIMITED,
                whose
                        + " has had as many certificates as its limit allows ("
                        + key.allowance()
                        + "). Retry after the given time.",
                "limit " + key.limit() + (key.rule() == null ? "" : " of rule " + key.rule()),
                wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait,
                Map.of("limit", key.limit()));
    }
}
