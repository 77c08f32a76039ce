package dev.signet.ca.reissue;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Set;

/// Asks those whose certificate it names to renew at a moment drawn evenly from its window. A
/// certificate is named when all that is given fits it. Immutable.
///
/// @param number grows with each order, over all replicas
/// @param authorityIds issued by one of these; empty: by any
/// @param spiffeIdPrefix whose SPIFFE ID begins with this; empty: any
/// @param issuedBefore whose notBefore is earlier than this; a certificate that was renewed because
///   of the order is therefore not named any more
/// @param start first instant of the window
/// @param end last instant of the window
/// @param cancelledAt null: in force
public record RenewalOrder(
        long number,
        Set<String> authorityIds,
        String spiffeIdPrefix,
        Instant issuedBefore,
        Instant start,
        Instant end,
        @Nullable Instant cancelledAt) {

    public RenewalOrder {
        authorityIds = Set.copyOf(authorityIds);
    }
}
