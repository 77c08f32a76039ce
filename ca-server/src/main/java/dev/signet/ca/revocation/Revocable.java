package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// A certificate that is to be revoked.
///
/// @param onRecord whether it is in the ledger
record Revocable(
        SerialNumber serialNumber,
        String authorityId,
        Instant notAfter,
        @Nullable String spiffeId,
        boolean onRecord) {}
