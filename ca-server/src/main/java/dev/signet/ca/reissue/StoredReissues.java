package dev.signet.ca.reissue;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.Replacements;
import dev.signet.ca.ledger.Replacements.Scope;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Orders on record, their windows worked out from what the ledger says.
final class StoredReissues implements Reissues {

    private static final int HIGHEST_RATE = 1_000_000;
    private static final int MOST_AUTHORITIES = 16;
    private static final int LONGEST_PREFIX = 2048;

    private final JdbcRenewalOrders orders;
    private final Replacements replacements;
    private final InstantSource clock;

    StoredReissues(JdbcRenewalOrders orders, Replacements replacements, InstantSource clock) {
        this.orders = orders;
        this.replacements = replacements;
        this.clock = clock;
    }

    @Override
    public Planned plan(Scope scope, int perSecond, @Nullable Instant before) {
        Optional<Refusal> objection = objection(scope, perSecond);
        if (objection.isPresent()) {
            return new Planned.Refused(objection.get());
        }
        Instant now = now();
        Replacements.Count count = replacements.count(scope, now, now);
        // At least a second: a window of no length is a stampede.
        Duration shortest =
                Duration.ofSeconds(Math.max(1, Math.ceilDiv(count.certificates(), perSecond)));
        Duration length = before == null ? shortest : Duration.between(now, before);
        if (length.compareTo(shortest) < 0) {
            return new Planned.Refused(tooShort(count.certificates(), perSecond, now, shortest));
        }
        if (length.compareTo(LONGEST_WINDOW) > 0) {
            return new Planned.Refused(
                    invalid(
                            before == null ? "perSecond" : "before",
                            "The window would be "
                                    + length
                                    + " (expected: at most "
                                    + LONGEST_WINDOW
                                    + "). Raise the rate, or narrow the scope."));
        }
        return new Planned.Possible(
                new Plan(count.certificates(), count.identities(), now, now.plus(length)));
    }

    private static Refusal tooShort(
            long certificates, int perSecond, Instant now, Duration shortest) {
        return invalid(
                "before",
                certificates
                        + " certificates at "
                        + perSecond
                        + " a second take until "
                        + now.plus(shortest)
                        + ". Give them that long, or raise the rate.");
    }

    @Override
    public Started start(
            Actor actor, Scope scope, int perSecond, @Nullable Instant before, String reason) {
        return switch (plan(scope, perSecond, before)) {
            case Planned.Refused(Refusal refusal) -> new Started.Refused(refusal);
            case Planned.Possible(Plan plan) -> start(actor, scope, perSecond, plan, reason);
        };
    }

    private Started start(Actor actor, Scope scope, int perSecond, Plan plan, String reason) {
        Reissue wanted = reissue(0, actor, scope, perSecond, plan, reason);
        return orders.insert(wanted, OrdersInForce.remembered(plan.start()), OrdersInForce.MOST)
                .<Started>map(number ->
                        new Started.Done(reissue(number, actor, scope, perSecond, plan, reason)))
                .orElseGet(() ->
                        new Started.Refused(
                                Refusal.of(
                                        RefusalCode.CONFLICT,
                                        OrdersInForce.MOST
                                                + " orders to renew are in force. Cancel those"
                                                + " that are not needed any more.")));
    }

    private static Reissue reissue(
            long number, Actor actor, Scope scope, int perSecond, Plan plan, String reason) {
        return new Reissue(
                new RenewalOrder(
                        number,
                        scope.authorityIds(),
                        scope.spiffeIdPrefix(),
                        plan.start(),
                        plan.start(),
                        plan.end(),
                        null),
                perSecond,
                plan.certificates(),
                reason,
                actor);
    }

    @Override
    public Cancelled cancel(Actor actor, long number, String reason) {
        if (orders.find(number).isEmpty()) {
            return Cancelled.UNKNOWN;
        }
        return orders.cancel(actor, number, reason) ? Cancelled.DONE : Cancelled.CANCELLED_BEFORE;
    }

    @Override
    public List<Reissue> list(int limit) {
        return orders.list(limit);
    }

    @Override
    public Optional<Reissue> find(long number) {
        return orders.find(number);
    }

    @Override
    public Replacements.Count progress(Reissue reissue) {
        return replacements.count(scope(reissue), reissue.order().issuedBefore(), now());
    }

    @Override
    public List<Replacements.Left> left(Reissue reissue, int limit) {
        return replacements.left(scope(reissue), reissue.order().issuedBefore(), now(), limit);
    }

    private static Scope scope(Reissue reissue) {
        return new Scope(reissue.order().authorityIds(), reissue.order().spiffeIdPrefix());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Optional<Refusal> objection(Scope scope, int perSecond) {
        if (perSecond < 1 || perSecond > HIGHEST_RATE) {
            return Optional.of(
                    invalid(
                            "perSecond",
                            "perSecond is "
                                    + perSecond
                                    + " (expected: 1 to "
                                    + HIGHEST_RATE
                                    + ")."));
        }
        if (scope.authorityIds().size() > MOST_AUTHORITIES
                || !scope.authorityIds().stream().allMatch(id -> id.matches("[0-9a-f]{64}"))) {
            return Optional.of(
                    invalid(
                            "authorityIds",
                            "authorityIds are none (expected: at most "
                                    + MOST_AUTHORITIES
                                    + ", each of 64 hexadecimal digits)."));
        }
        if (scope.spiffeIdPrefix().length() > LONGEST_PREFIX
                || scope.spiffeIdPrefix().indexOf('\0') >= 0) {
            return Optional.of(
                    invalid(
                            "spiffeIdPrefix",
                            "spiffeIdPrefix is none (expected: at most "
                                    + LONGEST_PREFIX
                                    + " characters, no NUL)."));
        }
        return Optional.empty();
    }

    private static Refusal invalid(String field, String message) {
        return new Refusal(RefusalCode.INVALID_ARGUMENT, message, "", null, Map.of("field", field));
    }
}
