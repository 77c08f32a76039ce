package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.policy.RequestedCertificate;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.UUID;

/// A request for a certificate as it came in, bounded in size, not checked otherwise.
///
/// @param evidence who the caller says it is
/// @param certificationRequest PKCS#10, DER or PEM; at most 16 KiB
/// @param requestId UUID of version 7; null: not idempotent
/// @param requested what the caller asks for beside the key
/// @param peer where it came from, for the record of refusals; null: this server itself
@SuppressWarnings("ArrayRecordComponent") // never compared
public record IssuanceRequest(
        Evidence evidence,
        byte[] certificationRequest,
        @Nullable UUID requestId,
        RequestedCertificate requested,
        @Nullable SocketAddress peer) {

    /// From this server itself.
    public IssuanceRequest(
            Evidence evidence,
            byte[] certificationRequest,
            @Nullable UUID requestId,
            RequestedCertificate requested) {
        this(evidence, certificationRequest, requestId, requested, null);
    }
}
