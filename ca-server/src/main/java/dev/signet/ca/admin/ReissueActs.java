package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.Replacements.Scope;
import dev.signet.ca.reissue.Reissue;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// Acts on mass reissue, each with its audit event in one commit; joins the caller's transaction
/// where there is one. Trusts, checks, refuses and throws as [AdminActs] does. Thread-safe; blocks.
public interface ReissueActs {

    /// Orders those whose certificates are in the scope to renew, spread over a window. Refused as
    /// [dev.signet.ca.reissue.Reissues#start].
    ActOutcome<Reissue> startReissue(
            Actor actor, Scope scope, int perSecond, @Nullable Instant before, String reason);

    /// Takes an order back. Refused: NOT_FOUND; CONFLICT when it was cancelled before.
    ///
    /// @return its number
    ActOutcome<Long> cancelReissue(Actor actor, long number, String reason);
}
