package dev.signet.ca.admin;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.Block;
import dev.signet.ca.revocation.BlockTarget;
import dev.signet.ca.revocation.BulkRevocations;
import dev.signet.ca.revocation.CertificateSelector;
import dev.signet.ca.revocation.Revocation;
import dev.signet.ca.revocation.RevocationReason;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// What may be done to certificates and identities once they are out, each act with its audit event
/// in one commit; joins the caller's transaction where there is one. Trusts that the edge has
/// checked who acts and whether that role may; checks everything else. Comments and reasons have 1
/// to 1,024 characters, or the act is refused with INVALID_ARGUMENT. Thread-safe; every call blocks
/// on PostgreSQL.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not confirm.
public interface RevocationActs {

    /// Revokes one certificate for good. Once more changes nothing and says so. Refused: NOT_FOUND;
    /// CONFLICT when it has expired, or when it is to be blocked and too many blocks are in force.
    ///
    /// @param block whether its identity gets no further certificate, until released
    ActOutcome<Revoked> revoke(
            Actor actor,
            SerialNumber serialNumber,
            RevocationReason reason,
            String comment,
            boolean block);

    /// Revokes a certificate that is not on record, such as one whose record was lost when
    /// PostgreSQL was put back to an earlier moment. Refused: CONFLICT when it is on record or has
    /// expired; INVALID_ARGUMENT.
    ///
    /// @param authorityId id of the authority that issued it; that there is such a one is for the
    ///   caller to check
    /// @param notAfter last second of its validity; null: as the serial number says, to the hour
    ActOutcome<Revoked> revokeUnrecorded(
            Actor actor,
            SerialNumber serialNumber,
            String authorityId,
            @Nullable Instant notAfter,
            RevocationReason reason,
            String comment);

    /// Revokes many, in steps. Waits for a second person where `revocation.bulk` does; a block does
    /// not. Refused: PRECONDITION_FAILED when it is not what was previewed any more, or the preview
    /// is older than an hour; INVALID_ARGUMENT.
    ///
    /// @param token of the preview that the actor has seen
    /// @param rate most revocations a second, 1 to [BulkRevocations#MAX_RATE]
    /// @param block whether the identities get no further certificate: for a selector of a SPIFFE
    ///   ID or a prefix and nothing else
    ActOutcome<BulkRevocations.Job> revokeMany(
            Actor actor,
            CertificateSelector selector,
            String token,
            RevocationReason reason,
            String comment,
            int rate,
            boolean block);

    /// Ends a bulk revocation; what it has revoked stays revoked. Refused: NOT_FOUND, CONFLICT.
    ActOutcome<BulkRevocations.Job> cancel(Actor actor, UUID id, String reason);

    /// Refused: CONFLICT when it is blocked, or too many blocks are in force.
    ActOutcome<Block> block(Actor actor, BlockTarget target, String reason);

    /// Waits for a second person where `block.release` does. Refused: NOT_FOUND, CONFLICT.
    ActOutcome<Block> release(Actor actor, long number, String reason);

    /// @param changed false: it was revoked before, as the revocation says
    record Revoked(Revocation revocation, boolean changed) {}
}
