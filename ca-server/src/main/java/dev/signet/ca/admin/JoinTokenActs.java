package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Acts on join tokens.
final class JoinTokenActs {

    private static final String BOOTSTRAP_PATH = Privileges.OPERATOR_PREFIX + "bootstrap";
    private static final String RESERVED = "/signet/";
    private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(10);
    private static final int MAX_NAME_LENGTH = 256;

    private final TrustDomain trustDomain;
    private final Privileges privileges;
    private final JoinTokens joinTokens;
    private final Origins origins;

    JoinTokenActs(
            TrustDomain trustDomain,
            Privileges privileges,
            JoinTokens joinTokens,
            Origins origins) {
        this.trustDomain = trustDomain;
        this.privileges = privileges;
        this.origins = origins;
        this.joinTokens = joinTokens;
    }

    Attempted<List<CreatedJoinToken>> create(
            Actor actor,
            String spiffeIdPattern,
            @Nullable Duration timeToLive,
            int count,
            String reason) {
        Act act = new Act("token.create", actor, spiffeIdPattern, reason);
        Duration life = timeToLive == null ? DEFAULT_TIME_TO_LIVE : timeToLive;
        Optional<SpiffeIdPattern> pattern = SpiffeIdPattern.parse(spiffeIdPattern);
        Optional<Refusal> objection =
                toPattern(pattern)
                        .or(() -> toLife(life))
                        .or(() -> toCount(count))
                        .or(() -> toRoles(pattern.orElseThrow(), actor))
                        .or(() -> toOrigin(actor));
        if (objection.isPresent()) {
            return act.refused(objection.get());
        }
        return make(act, actor.principal(origins.of(actor)), pattern.orElseThrow(), life, count);
    }

    /// What a person of unknown origin makes would be a second person of unknown origin.
    private Optional<Refusal> toOrigin(Actor actor) {
        return origins.known(actor)
                ? Optional.empty()
                : Optional.of(Refusal.of(RefusalCode.NOT_PERMITTED, Objections.UNKNOWN_ORIGIN));
    }

    Attempted<List<CreatedJoinToken>> createBootstrap(Actor server) {
        String id = trustDomain.uri() + BOOTSTRAP_PATH;
        return make(
                new Act("token.create", server, id, "No admin has logged in yet."),
                new Principal(Principal.SERVER, server.subject(), Set.of(Role.ADMIN)),
                SpiffeIdPattern.parse(id).orElseThrow(),
                JoinTokens.MAX_TIME_TO_LIVE,
                1);
    }

    private Attempted<List<CreatedJoinToken>> make(
            Act act, Principal creator, SpiffeIdPattern pattern, Duration life, int count) {
        List<CreatedJoinToken> tokens = joinTokens.createMany(pattern, life, creator, count);
        return act.done(
                tokens,
                null,
                Map.of(
                        "tokenIds",
                        tokens.stream().map(CreatedJoinToken::tokenId).toList(),
                        "expiresAt",
                        tokens.getFirst().expiresAt().toString()));
    }

    Attempted<String> revoke(Actor actor, String tokenId, String reason) {
        Act act = new Act("token.revoke", actor, tokenId, reason);
        return switch (joinTokens.revoke(
                tokenId,
                PrintableText.of(actor.kind() + " " + actor.subject(), MAX_NAME_LENGTH),
                reason)) {
            case JoinTokens.Revocation.Revoked() -> act.done(tokenId, null, null);
            case JoinTokens.Revocation.AlreadyUsed(var serialNumber) ->
                    act.refused(
                            Objections.conflict(
                                    "The join token was used before: it gave certificate "
                                            + serialNumber.hex()
                                            + "."));
            case JoinTokens.Revocation.AlreadyRevoked() ->
                    act.refused(Objections.conflict("The join token was revoked before."));
            case JoinTokens.Revocation.NotFound() ->
                    act.refused(Objections.notFound("There is no such join token."));
        };
    }

    private Optional<Refusal> toPattern(Optional<SpiffeIdPattern> pattern) {
        String objection = null;
        if (pattern.isEmpty()) {
            objection =
                    "The SPIFFE ID is not one (expected: spiffe://"
                            + trustDomain
                            + "/path, or a path that ends with /*).";
        } else if (!pattern.get().trustDomain().equals(trustDomain)) {
            objection =
                    "The SPIFFE ID is of another trust domain (expected: spiffe://"
                            + trustDomain
                            + "/...).";
        } else if (pattern.get().toString().startsWith(trustDomain.uri() + RESERVED)
                && !isOperator(pattern.get())) {
            objection =
                    "SPIFFE IDs under /signet/ are the CA's own (expected: another path, or"
                            + " /signet/operator/NAME for an admin).";
        }
        return Optional.ofNullable(objection)
                .map(message -> Objections.invalid("spiffeIdPattern", message));
    }

    /// Whom a token makes an admin has to be named: the built-in rule takes no wildcard.
    private boolean isOperator(SpiffeIdPattern pattern) {
        String prefix = trustDomain.uri() + Privileges.OPERATOR_PREFIX;
        String text = pattern.toString();
        return pattern.exact().isPresent()
                && text.startsWith(prefix)
                && text.indexOf('/', prefix.length()) < 0;
    }

    /// Whoever may make a token for an identity could be that identity.
    private Optional<Refusal> toRoles(SpiffeIdPattern pattern, Actor actor) {
        Set<Role> required = privileges.of(pattern);
        return Role.cover(actor.roles(), required)
                ? Optional.empty()
                : Optional.of(
                        Refusal.of(
                                RefusalCode.ROLE_REQUIRED,
                                pattern
                                        + " carries roles "
                                        + required
                                        + " of the admin API, you hold "
                                        + actor.roles().stream().sorted().toList()
                                        + ". Ask somebody who holds them to make the token."));
    }

    private static Optional<Refusal> toLife(Duration life) {
        boolean fits =
                life.compareTo(JoinTokens.MIN_TIME_TO_LIVE) >= 0
                        && life.compareTo(JoinTokens.MAX_TIME_TO_LIVE) <= 0
                        && life.equals(Duration.ofSeconds(life.toSeconds()));
        return fits
                ? Optional.empty()
                : Optional.of(
                        Objections.invalid(
                                "timeToLive",
                                "The time to live is out of bounds (expected: whole seconds from 1"
                                        + " s to 24 h)."));
    }

    private static Optional<Refusal> toCount(int count) {
        return count >= 1 && count <= JoinTokens.MAX_COUNT
                ? Optional.empty()
                : Optional.of(
                        Objections.invalid(
                                "count", "The count is out of bounds (expected: 1 to 1000)."));
    }
}
