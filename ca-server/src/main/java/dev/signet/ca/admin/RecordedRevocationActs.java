package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.Block;
import dev.signet.ca.revocation.BlockRegister;
import dev.signet.ca.revocation.BlockTarget;
import dev.signet.ca.revocation.BulkRevocations;
import dev.signet.ca.revocation.BulkRevocations.Job;
import dev.signet.ca.revocation.CertificateSelector;
import dev.signet.ca.revocation.Revocation;
import dev.signet.ca.revocation.RevocationCause;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Acts, each with its event in one commit.
final class RecordedRevocationActs implements RevocationActs {

    private static final String REVOKE = "certificate.revoke";
    private static final String CANCEL = "revocation.cancel";
    private static final String BLOCK = "block.create";

    private final JdbcAuditedActs acts;
    private final Revocations revocations;
    private final BulkRevocations bulk;
    private final BlockRegister blocks;
    private final BlockReleaseActs releases;
    private final FourEyes fourEyes;

    RecordedRevocationActs(
            JdbcAuditedActs acts,
            Revocations revocations,
            BulkRevocations bulk,
            BlockRegister blocks,
            BlockReleaseActs releases,
            FourEyes fourEyes) {
        this.acts = acts;
        this.revocations = revocations;
        this.bulk = bulk;
        this.blocks = blocks;
        this.releases = releases;
        this.fourEyes = fourEyes;
    }

    @Override
    public ActOutcome<Revoked> revoke(
            Actor actor,
            SerialNumber serialNumber,
            RevocationReason reason,
            String comment,
            boolean block) {
        Act act = new Act(REVOKE, actor, serialNumber.hex(), comment);
        return perform(
                act,
                () -> {
                    var outcome =
                            revocations.revoke(
                                    serialNumber, new RevocationCause(reason, comment, actor));
                    if (!block || revocationOf(outcome).isEmpty()) {
                        return revoked(act, outcome, null);
                    }
                    Revocation revocation = revocationOf(outcome).orElseThrow();
                    Optional<BlockTarget> target =
                            Optional.ofNullable(revocation.spiffeId())
                                    .flatMap(SpiffeId::parse)
                                    .flatMap(id -> BlockTarget.parse(id.toString()));
                    if (target.isEmpty()) {
                        return act.refused(
                                Objections.conflict(
                                        "The identity of this certificate is not on record: it"
                                                + " cannot be blocked."));
                    }
                    return switch (blocks.block(target.get(), comment, actor)) {
                        case BlockRegister.Outcome.Blocked(Block made) ->
                                revoked(act, outcome, made);
                        case BlockRegister.Outcome.AlreadyBlocked(Block before) ->
                                revoked(act, outcome, before);
                        case BlockRegister.Outcome.TooMany() -> act.refused(tooMany());
                    };
                });
    }

    private static Optional<Revocation> revocationOf(Revocations.Outcome outcome) {
        return switch (outcome) {
            case Revocations.Outcome.Revoked(Revocation revocation) -> Optional.of(revocation);
            case Revocations.Outcome.AlreadyRevoked(Revocation before) -> Optional.of(before);
            case Revocations.Outcome.NotOnRecord(), Revocations.Outcome.Expired(_) ->
                    Optional.empty();
        };
    }

    private static Attempted<Revoked> revoked(
            Act act, Revocations.Outcome outcome, @Nullable Block block) {
        return switch (outcome) {
            case Revocations.Outcome.Revoked(Revocation revocation) ->
                    act.done(new Revoked(revocation, true), null, after(revocation, block));
            case Revocations.Outcome.AlreadyRevoked(Revocation before) ->
                    act.done(new Revoked(before, false), after(before, null), after(before, block));
            case Revocations.Outcome.NotOnRecord() ->
                    act.refused(
                            Objections.notFound(
                                    "No certificate with this serial number is on record."));
            case Revocations.Outcome.Expired(Instant notAfter) ->
                    act.refused(
                            Objections.conflict(
                                    "The certificate has expired at "
                                            + notAfter
                                            + ": nobody accepts it any more."));
        };
    }

    private static Map<String, Object> after(Revocation revocation, @Nullable Block block) {
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("reason", revocation.reason().text());
        after.put("sequence", revocation.sequence());
        after.put("authorityId", revocation.authorityId());
        if (revocation.spiffeId() != null) {
            after.put("spiffeId", revocation.spiffeId());
        }
        after.put("onRecord", revocation.onRecord());
        if (block != null) {
            after.put("blocked", block.target().text());
        }
        return after;
    }

    @Override
    public ActOutcome<Revoked> revokeUnrecorded(
            Actor actor,
            SerialNumber serialNumber,
            String authorityId,
            @Nullable Instant notAfter,
            RevocationReason reason,
            String comment) {
        Act act = new Act(REVOKE, actor, serialNumber.hex(), comment);
        return perform(
                act,
                () -> {
                    RevocationCause cause = new RevocationCause(reason, comment, actor);
                    // What is on record says more than the caller can.
                    Revocations.Outcome onRecord = revocations.revoke(serialNumber, cause);
                    if (!(onRecord instanceof Revocations.Outcome.NotOnRecord)) {
                        return revoked(act, onRecord, null);
                    }
                    try {
                        return revoked(
                                act,
                                revocations.revokeUnrecorded(
                                        serialNumber, authorityId, notAfter, null, cause),
                                null);
                    } catch (IllegalArgumentException e) {
                        return act.refused(
                                Objections.invalid("notAfter", String.valueOf(e.getMessage())));
                    }
                });
    }

    @Override
    public ActOutcome<Job> revokeMany(
            Actor actor,
            CertificateSelector selector,
            String token,
            RevocationReason reason,
            String comment,
            int rate,
            boolean block) {
        Act act = new Act(ApprovalSettings.REVOCATION_BULK, actor, "", comment);
        BlockTarget target = selector.blockTarget();
        return perform(
                act,
                () -> {
                    if (block && target == null) {
                        return act.refused(
                                Objections.invalid(
                                        "block",
                                        "Only a selector of spiffeId or spiffeIdPrefix, and nothing"
                                                + " else, names identities to block."));
                    }
                    var created =
                            bulk.create(
                                    new BulkRevocations.Order(
                                            selector,
                                            token,
                                            new RevocationCause(reason, comment, actor),
                                            rate,
                                            block));
                    return switch (created) {
                        case BulkRevocations.Created.Changed() ->
                                act.refused(Objections.stale("What is to be revoked"));
                        case BulkRevocations.Created.Done(Job job) -> {
                            if (block
                                    && target != null
                                    && blocks.block(target, comment, actor)
                                            instanceof BlockRegister.Outcome.TooMany) {
                                yield act.refused(tooMany());
                            }
                            yield begin(act, job, token, block);
                        }
                    };
                });
    }

    private Attempted<Job> begin(Act act, Job job, String token, boolean block) {
        String id = job.id().toString();
        if (fourEyes.needed(act.name())) {
            return fourEyes.propose(act.actor(), act.name(), id, token, act.reason());
        }
        bulk.start(job.id());
        Map<String, Object> after = new LinkedHashMap<>();
        after.put("selector", job.selector());
        after.put("expected", job.expected());
        after.put("exact", job.exact());
        after.put("reason", job.reason().text());
        after.put("rate", job.rate());
        after.put("block", block);
        return new Act(act.name(), act.actor(), id, act.reason())
                .done(bulk.find(job.id()).orElseThrow(), null, after);
    }

    @Override
    public ActOutcome<Job> cancel(Actor actor, UUID id, String reason) {
        Act act = new Act(CANCEL, actor, id.toString(), reason);
        return perform(
                act,
                () ->
                        switch (bulk.cancel(id, reason, actor)) {
                            case BulkRevocations.Cancelled.Done(Job job) ->
                                    act.done(job, null, Map.of("revoked", job.revoked()));
                            case BulkRevocations.Cancelled.Over _ ->
                                    act.refused(
                                            Objections.conflict("The bulk revocation is over."));
                            case BulkRevocations.Cancelled.NotFound() ->
                                    act.refused(
                                            Objections.notFound(
                                                    "There is no such bulk revocation."));
                        });
    }

    @Override
    public ActOutcome<Block> block(Actor actor, BlockTarget target, String reason) {
        Act act = new Act(BLOCK, actor, target.text(), reason);
        return perform(
                act,
                () ->
                        switch (blocks.block(target, reason, actor)) {
                            case BlockRegister.Outcome.Blocked(Block block) ->
                                    act.done(block, null, Map.of("number", block.number()));
                            case BlockRegister.Outcome.AlreadyBlocked(Block block) ->
                                    act.refused(
                                            Objections.conflict(
                                                    "It is blocked already: block "
                                                            + block.number()
                                                            + "."));
                            case BlockRegister.Outcome.TooMany() -> act.refused(tooMany());
                        });
    }

    @Override
    public ActOutcome<Block> release(Actor actor, long number, String reason) {
        Act act = new Act(ApprovalSettings.BLOCK_RELEASE, actor, Long.toString(number), reason);
        return perform(
                act,
                () -> {
                    if (!fourEyes.needed(act.name())) {
                        return releases.release(actor, number, reason, null);
                    }
                    Optional<Block> block = releases.find(number);
                    if (block.isEmpty()) {
                        return act.refused(BlockReleaseActs.none());
                    }
                    return block.get().release() != null
                            ? act.refused(BlockReleaseActs.released())
                            : fourEyes.propose(
                                    actor, act.name(), act.target(), act.target(), reason);
                });
    }

    private static Refusal tooMany() {
        return Objections.conflict(
                BlockRegister.MOST_IN_FORCE
                        + " blocks are in force. Release some, or block a path above them.");
    }

    private <T> ActOutcome<T> perform(Act act, Supplier<Attempted<T>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
