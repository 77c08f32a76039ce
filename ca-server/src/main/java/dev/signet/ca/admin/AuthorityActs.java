package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What an admin may change of this CA's authorities, each act with its audit event in one commit;
/// otherwise as [AdminActs]. `expected` is the generation of the authorities that the actor has
/// seen, as the ETag says; null: any. All are refused with PRECONDITION_FAILED where it is another.
/// Thread-safe.
public interface AuthorityActs {

    /// Makes an issuing CA; it does not sign yet. Refused: CONFLICT, NOT_FOUND.
    ///
    /// @param rootId id of a root, active or prepared; null: the active one
    ActOutcome<Changes> prepareIssuing(
            Actor actor, @Nullable String rootId, @Nullable String expected, String reason);

    /// Makes a root and an issuing CA under it; from now on the root is trusted. Refused: CONFLICT.
    ///
    /// @param crossSigned whether the active root signs the new root's key as well
    ActOutcome<Changes> prepareRoot(
            Actor actor, boolean crossSigned, @Nullable String expected, String reason);

    /// Lets a prepared issuing CA sign, if enough clients know its root. Refused: NOT_FOUND,
    /// CONFLICT, ACTIVATION_NOT_ACKNOWLEDGED. May wait for a second person.
    ///
    /// @param overridden even if too few do; marked in the audit trail
    ActOutcome<Changes> activate(
            Actor actor, String id, boolean overridden, @Nullable String expected, String reason);

    /// Undoes the last activation before the first signature. Refused: CONFLICT.
    ActOutcome<Changes> rollBack(Actor actor, @Nullable String expected, String reason);

    /// Refused: NOT_FOUND, CONFLICT, LAST_AUTHORITY.
    ///
    /// @param overridden even if nothing is left that signs; marked in the audit trail
    ActOutcome<Changes> retire(
            Actor actor, String id, boolean overridden, @Nullable String expected, String reason);

    /// Takes trust back for good. Refused as [#retire]. May wait for a second person.
    ///
    /// @param cause a reason of RFC 5280 5.3.1, as it is written there
    ActOutcome<Changes> revoke(
            Actor actor,
            String id,
            String cause,
            boolean overridden,
            @Nullable String expected,
            String reason);

    /// @param changed in the order in which it happened
    /// @param generation what is on record now; the new ETag
    record Changes(List<Changed> changed, long generation) {
        public Changes {
            changed = List.copyOf(changed);
        }
    }
}
