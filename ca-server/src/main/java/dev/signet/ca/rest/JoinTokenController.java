package dev.signet.ca.rest;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.attestation.JoinTokens.JoinTokenRecord;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// One-time join tokens.
@RestController
final class JoinTokenController {

    private static final int DEFAULT_LIMIT = 100;
    private static final String TOKEN_ID = "[0-9a-f]{16}";

    private final JoinTokens tokens;
    private final AdminActs acts;
    private final Writes writes;

    JoinTokenController(JoinTokens tokens, AdminActs acts, Writes writes) {
        this.tokens = tokens;
        this.acts = acts;
        this.writes = writes;
    }

    record NewTokens(
            @Field(
                            value =
                                    "SPIFFE ID that the tokens are bound to; a last segment of *"
                                            + " stands for any one",
                            least = 1,
                            most = 2048)
                    String spiffeIdPattern,
            @Field(value = "How long they can be used: 1s to 86400s", byDefault = "600s")
                    @Nullable Duration timeToLive,
            @Field(value = "How many", least = 1, most = 1000, byDefault = "1")
                    @Nullable Integer count,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Made(@Field("Each shown once") List<MadeToken> items) {}

    record MadeToken(
            @Field("The secret; kept nowhere") String token,
            @Field("Names it, no secret") String tokenId,
            @Field("First instant at which it is of no use") Instant expiresAt) {
        static MadeToken of(CreatedJoinToken token) {
            return new MadeToken(token.secret(), token.tokenId(), token.expiresAt());
        }

        @Override
        public String toString() {
            return "MadeToken[" + tokenId + "]";
        }
    }

    /// As [JoinTokens.State], in lower case.
    enum State {
        USED,
        REVOKED,
        EXPIRED,
        USABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record View(
            @Field("Names it, no secret") String tokenId,
            @Field("SPIFFE ID that it is bound to") String spiffeIdPattern,
            @Field("When it was made") Instant createdAt,
            @Field("Who asked for it") String createdBy,
            @Field("First instant at which it is of no use") Instant expiresAt,
            @Field("Where it stands") State state,
            @Field("Of the certificate that it gave") @Nullable String serialNumber,
            @Field("When it gave it") @Nullable Instant usedAt,
            @Field("When it was taken back") @Nullable Instant revokedAt,
            @Field("Who took it back") @Nullable String revokedBy,
            @Field("Why") @Nullable String revocationReason) {

        static View of(JoinTokenRecord token) {
            var serialNumber = token.serialNumber();
            return new View(
                    token.tokenId(),
                    token.pattern().toString(),
                    token.createdAt(),
                    token.createdBy(),
                    token.expiresAt(),
                    State.valueOf(token.state().name()),
                    serialNumber == null ? null : serialNumber.hex(),
                    token.usedAt(),
                    token.revokedAt(),
                    token.revokedBy(),
                    token.revocationReason());
        }
    }

    record Query(
            @Field("Only those that stand so") @Nullable State state,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {}

    record Page(
            @Field("The youngest first") List<View> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @PostMapping("/v1/join-tokens")
    @Performs(value = Operation.CREATE_JOIN_TOKENS, status = 201, answers = Made.class)
    ResponseEntity<Object> create(@RequestBody NewTokens body, Call call) {
        Integer count = body.count();
        return writes.onceWithSecret(
                Operation.CREATE_JOIN_TOKENS,
                call,
                body,
                () ->
                        acts.createJoinTokens(
                                call.actor(),
                                body.spiffeIdPattern(),
                                body.timeToLive(),
                                count == null ? 1 : count,
                                body.reason()),
                made ->
                        Writes.Done.created(
                                new Made(made.stream().map(MadeToken::of).toList()), null));
    }

    @GetMapping("/v1/join-tokens")
    @Performs(Operation.LIST_JOIN_TOKENS)
    Page list(Query query) {
        Integer limit = query.limit();
        State state = query.state();
        try {
            JoinTokens.Page page =
                    tokens.list(
                            state == null ? null : JoinTokens.State.valueOf(state.name()),
                            limit == null ? DEFAULT_LIMIT : limit,
                            query.pageToken());
            return new Page(page.tokens().stream().map(View::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping("/v1/join-tokens/{tokenId:" + TOKEN_ID + "}")
    @Performs(Operation.SHOW_JOIN_TOKEN)
    View one(@PathVariable @Field(value = "Names it", pattern = TOKEN_ID) String tokenId) {
        return tokens.find(tokenId)
                .map(View::of)
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND, "No such join token is on record."));
    }

    @PostMapping("/v1/join-tokens/{tokenId:" + TOKEN_ID + "}/revocation")
    @Performs(value = Operation.REVOKE_JOIN_TOKEN, answers = View.class)
    ResponseEntity<Object> revoke(
            @PathVariable @Field(value = "Names it", pattern = TOKEN_ID) String tokenId,
            @RequestBody ApprovalController.Reason body,
            Call call) {
        return writes.once(
                Operation.REVOKE_JOIN_TOKEN,
                call,
                body,
                () -> acts.revokeJoinToken(call.actor(), tokenId, body.reason()),
                _ -> Writes.Done.ok(one(tokenId)));
    }
}
