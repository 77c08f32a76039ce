package dev.signet.ca.rest;

import dev.signet.ca.admin.RevocationActs;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Block;
import dev.signet.ca.revocation.BlockRegister;
import dev.signet.ca.revocation.BlockTarget;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Identities that get no certificate.
@RestController
final class BlockController {

    private static final String NUMBER = "[1-9][0-9]{0,17}";
    private static final int DEFAULT_LIMIT = 100;

    private final BlockRegister blocks;
    private final RevocationActs acts;
    private final Writes writes;

    BlockController(BlockRegister blocks, RevocationActs acts, Writes writes) {
        this.blocks = blocks;
        this.acts = acts;
        this.writes = writes;
    }

    /// Whether it is in force.
    enum State {
        IN_FORCE,
        RELEASED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    record View(
            @Field("Names it") long number,
            @Field("SPIFFE ID; with a slash at the end: all below it") String target,
            @Field("Whether it is in force") State state,
            @Field("Why") String reason,
            @Field("Who blocked") ApprovalController.Person by,
            @Field("When") Instant blockedAt,
            @Field("Why it was released; absent: it is in force") @Nullable String releaseReason,
            @Field("Who released it") ApprovalController.@Nullable Person releasedBy,
            @Field("When that was") @Nullable Instant releasedAt) {

        static View of(Block block) {
            Block.Release release = block.release();
            return new View(
                    block.number(),
                    block.target().text(),
                    release == null ? State.IN_FORCE : State.RELEASED,
                    block.reason(),
                    ApprovalController.Person.of(block.by()),
                    block.blockedAt(),
                    release == null ? null : release.reason(),
                    release == null ? null : ApprovalController.Person.of(release.by()),
                    release == null ? null : release.releasedAt());
        }
    }

    record NewBlock(
            @Field(
                            value =
                                    "SPIFFE ID of this trust domain; with a slash at the end: all"
                                            + " below it",
                            most = 2048)
                    String target,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Query(
            @Field("Only those that stand so") @Nullable State state,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {}

    record Page(
            @Field("The youngest first") List<View> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/blocks")
    @Performs(Operation.LIST_BLOCKS)
    Page list(Query query) {
        Integer limit = query.limit();
        State state = query.state();
        try {
            BlockRegister.Page page =
                    blocks.list(
                            state == null ? null : state == State.IN_FORCE,
                            limit == null ? DEFAULT_LIMIT : limit,
                            query.pageToken());
            return new Page(page.blocks().stream().map(View::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping("/v1/blocks/{number:" + NUMBER + "}")
    @Performs(Operation.SHOW_BLOCK)
    View one(@PathVariable @Field(value = "Names it", pattern = NUMBER) String number) {
        return blocks.find(Long.parseLong(number))
                .map(View::of)
                .orElseThrow(() ->
                        RefusedException.of(RefusalCode.NOT_FOUND, "No such block is on record."));
    }

    @PostMapping("/v1/blocks")
    @Performs(value = Operation.BLOCK_IDENTITY, status = 201, answers = View.class)
    ResponseEntity<Object> block(@RequestBody NewBlock body, Call call) {
        BlockTarget target =
                BlockTarget.parse(body.target())
                        .orElseThrow(() ->
                                RefusedException.field(
                                        "target",
                                        "it is none (expected: spiffe://trust.domain/path, with a"
                                                + " slash at the end for all below it)."));
        return writes.once(
                Operation.BLOCK_IDENTITY,
                call,
                body,
                () -> acts.block(call.actor(), target, body.reason()),
                block -> Writes.Done.created(View.of(block), "/v1/blocks/" + block.number()));
    }

    @PostMapping("/v1/blocks/{number:" + NUMBER + "}/release")
    @Performs(value = Operation.RELEASE_BLOCK, answers = View.class, approvable = true)
    ResponseEntity<Object> release(
            @PathVariable @Field(value = "Names it", pattern = NUMBER) String number,
            @RequestBody ApprovalController.Reason body,
            Call call) {
        return writes.once(
                Operation.RELEASE_BLOCK,
                call,
                body,
                () -> acts.release(call.actor(), Long.parseLong(number), body.reason()),
                block -> Writes.Done.ok(View.of(block)));
    }
}
