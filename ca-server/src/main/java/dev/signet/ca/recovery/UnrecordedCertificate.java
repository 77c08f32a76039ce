package dev.signet.ca.recovery;

import dev.signet.ca.certificate.SerialNumber;

import java.time.Instant;

/// A certificate that verifies as ours and is not in the ledger. Immutable; the array must not be
/// changed.
///
/// @param spiffeId its URI SAN as it stands there
/// @param authorityId id of the issuing CA
/// @param presentedAt when a caller showed it first
/// @param der the certificate
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UnrecordedCertificate(
        SerialNumber serialNumber,
        String spiffeId,
        String authorityId,
        Instant notBefore,
        Instant notAfter,
        Instant presentedAt,
        byte[] der) {}
