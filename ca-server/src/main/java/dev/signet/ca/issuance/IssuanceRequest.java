package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.identity.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.UUID;

/// A request for a certificate as it came in, bounded in size, not checked otherwise.
///
/// @param evidence who the caller says it is
/// @param certificationRequest PKCS#10, DER or PEM; at most 16 KiB
/// @param requestId UUID of version 7; null: not idempotent
/// @param wishedLifetime null: policy's default
/// @param wishedId null: what policy grants
@SuppressWarnings("ArrayRecordComponent") // never compared
public record IssuanceRequest(
        Evidence evidence,
        byte[] certificationRequest,
        @Nullable UUID requestId,
        @Nullable Duration wishedLifetime,
        @Nullable SpiffeId wishedId) {}
