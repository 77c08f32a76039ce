package dev.signet.ca.status;

import dev.signet.ca.revocation.RevocationReason;

import java.time.Instant;

/// What is known of one serial number of one authority. Immutable.
sealed interface KnownStatus {

    /// On record as issued by this authority, valid and not revoked.
    ///
    /// @param notAfter last second in which that can be so
    record Good(Instant notAfter) implements KnownStatus {}

    /// @param at whole seconds
    record Revoked(Instant at, RevocationReason reason) implements KnownStatus {}

    /// Not on record under this authority, or expired: after its end nothing is said of a
    /// certificate but that it was revoked, as long as that is known.
    record Unknown() implements KnownStatus {}

    Unknown UNKNOWN = new Unknown();
}
