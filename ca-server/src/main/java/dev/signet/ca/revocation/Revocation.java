package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// One revocation with all that is on record of it. Immutable.
///
/// @param sequence as [RevokedCertificate]'s
/// @param authorityId id of the authority that issued the certificate
/// @param notAfter last second of its validity
/// @param spiffeId null: not known
/// @param onRecord whether the certificate was in the ledger; an authority's own never is
/// @param comment for people, at most 1,024 characters; may be empty
/// @param by who revoked it, without address
/// @param jobId the bulk revocation that it is part of; null: none
/// @param revokedAt by the database's clock, whole seconds
public record Revocation(
        long sequence,
        SerialNumber serialNumber,
        String authorityId,
        Instant notAfter,
        @Nullable String spiffeId,
        boolean onRecord,
        RevocationReason reason,
        String comment,
        Actor by,
        @Nullable UUID jobId,
        Instant revokedAt) {}
