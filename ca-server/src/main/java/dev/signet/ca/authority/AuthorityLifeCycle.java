package dev.signet.ca.authority;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;

/// Changes of the authorities on record: Prepared, Active, Retired, and Revoked from any of them.
/// Each is one transaction, or joins the caller's, and lets no other change pass meanwhile, so that
/// replicas that change at once do so one after the other; this replica observes it from the commit
/// on, the others when they are signalled. Trusts that the caller has checked who acts and that
/// clients are ready for it. Thread-safe; blocks on PostgreSQL and on what keeps the keys.
///
/// At any moment at most one issuing CA is Active, and it is the one that signs.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not confirm.
public interface AuthorityLifeCycle {

    /// Of a change that is based on whatever is on record.
    long ANY = -1;

    /// As it is on record: grows with each change. A change is based on one.
    long generation();

    /// Makes an issuing CA under the active root. Refused: PRECONDITION_FAILED; CONFLICT when too
    /// many are prepared, or there is no root whose key is here and whose life is long enough.
    Change prepareIssuing(long basis, String reason);

    /// The same under a root that is active or prepared. Refused with NOT_FOUND besides.
    Change prepareIssuingUnder(String rootId, long basis, String reason);

    /// Makes a root, an issuing CA under it and, if asked for, the new root's key in a certificate
    /// that the active root signed. Refused as [#prepareIssuing]. The first of the changed is the
    /// root, the second the issuing CA.
    Change prepareRoot(boolean crossSigned, long basis, String reason);

    /// Why this issuing CA cannot become active at all, whoever knows its root; empty changes: it
    /// can. Reads only.
    Change tryActivation(String id);

    /// Lets a prepared issuing CA sign from now on. What signed until now is retired, and so is its
    /// root where that is another one. Refused: NOT_FOUND, PRECONDITION_FAILED, CONFLICT when it is
    /// not prepared, breaks its profile (R6), is not valid now (R17), or its key is not here.
    Change activate(String id, long basis, String reason);

    /// Undoes the last activation as long as the issuing CA that it was for has signed nothing.
    /// Refused: PRECONDITION_FAILED, CONFLICT.
    Change rollBack(long basis, String reason);

    /// Ends the use of an authority; what it signed stays good. Refused: NOT_FOUND,
    /// PRECONDITION_FAILED, CONFLICT, LAST_AUTHORITY unless insisted.
    ///
    /// @param insisted even if nothing is left that signs
    Change retire(String id, boolean insisted, long basis, String reason);

    /// Takes trust back, for good: from a root with all that is below it. Refused as [#retire].
    Change revoke(String id, boolean insisted, long basis, String reason);

    /// What came of a change.
    sealed interface Change {

        /// @param changed in the order in which it happened
        /// @param generation of what is on record now
        record Done(List<Changed> changed, long generation) implements Change {
            public Done {
                changed = List.copyOf(changed);
            }
        }

        /// Nothing has changed.
        record Refused(Refusal refusal) implements Change {}
    }

    /// One authority whose state has changed.
    ///
    /// @param before null: there was none
    /// @param issuerId null for a root
    record Changed(
            String id,
            String role,
            @Nullable String before,
            String after,
            @Nullable String issuerId,
            BigInteger serialNumber) {}
}
