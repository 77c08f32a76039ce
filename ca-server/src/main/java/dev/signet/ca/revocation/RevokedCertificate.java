package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;

import java.time.Instant;

/// One revocation, as replicas and clients need to know it. Immutable.
///
/// @param sequence order of the revocations over all replicas, in the order of their commits; never
///   falls and is never used twice, not even after PostgreSQL was put back to an earlier moment: it
///   is at least the microseconds since the Unix epoch at which it was recorded
/// @param serialNumber of the certificate, a leaf's or a CA's
/// @param authorityId id of the authority that issued it
/// @param revokedAt whole seconds
public record RevokedCertificate(
        long sequence,
        SerialNumber serialNumber,
        String authorityId,
        RevocationReason reason,
        Instant revokedAt) {}
