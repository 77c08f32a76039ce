package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/// An identity at one moment.
///
/// @param usable whether there is a certificate to show now
/// @param spiffeId whose; null before the first certificate
/// @param serialNumber of the current certificate, lower-case hexadecimal; null before the first
/// @param notAfter end of the current certificate; null before the first
/// @param nextAttempt when the next attempt is due
/// @param lastErrorCode code of the last failure since the last success; null: none
/// @param lastError its message; null: none
/// @param bundleVersion version of the trust bundle, unsigned; 0 before the first
/// @param trustWatchOpen whether changes of trust arrive at once; otherwise they are polled
/// @param revoked whether the CA has revoked the current certificate
/// @param revocationAge how old the knowledge of what is revoked is; null: there is none
/// @param knownRevocations certificates known to be revoked that have not expired
/// @param openConnections to peers, as far as they are followed
/// @param closedConnections closed since the start because the peer would not be let in any more
/// @param rotations certificates got since the start
/// @param attestations those of them that took the credential instead of the current certificate
/// @param failures failed attempts since the start
public record IdentityStatus(
        boolean usable,
        @Nullable SpiffeId spiffeId,
        @Nullable String serialNumber,
        @Nullable Instant notAfter,
        Instant nextAttempt,
        @Nullable String lastErrorCode,
        @Nullable String lastError,
        long bundleVersion,
        boolean trustWatchOpen,
        boolean revoked,
        @Nullable Duration revocationAge,
        long knownRevocations,
        int openConnections,
        long closedConnections,
        long rotations,
        long attestations,
        long failures) {}
