package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.revocation.Block;
import dev.signet.ca.revocation.BlockRegister;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Releasing blocked identities.
final class BlockReleaseActs implements ApprovableAct {

    private final BlockRegister blocks;

    BlockReleaseActs(BlockRegister blocks) {
        this.blocks = blocks;
    }

    @Override
    public String name() {
        return ApprovalSettings.BLOCK_RELEASE;
    }

    @Override
    public Attempted<?> execute(Actor actor, Proposal proposal) {
        Approval approval = proposal.approval();
        return release(actor, Long.parseLong(approval.target()), approval.reason(), approval);
    }

    Optional<Block> find(long number) {
        return blocks.find(number);
    }

    /// @param approval of a second person; null: none was needed
    Attempted<Block> release(Actor actor, long number, String reason, @Nullable Approval approval) {
        Act act = new Act(name(), actor, Long.toString(number), reason);
        return switch (blocks.release(number, reason, actor)) {
            case BlockRegister.Released.Done(Block block) -> {
                Map<String, Object> after = new LinkedHashMap<>();
                after.put("released", block.target().text());
                if (approval != null) {
                    after.put("approval", approval.id().toString());
                    after.put("proposedBy", approval.proposedBy().subject());
                }
                yield act.done(block, Map.of("blocked", block.target().text()), after);
            }
            case BlockRegister.Released.AlreadyReleased _ -> act.refused(released());
            case BlockRegister.Released.NotFound() -> act.refused(none());
        };
    }

    static dev.signet.ca.refusal.Refusal released() {
        return Objections.conflict("The block was released before.");
    }

    static dev.signet.ca.refusal.Refusal none() {
        return Objections.notFound("There is no such block.");
    }
}
