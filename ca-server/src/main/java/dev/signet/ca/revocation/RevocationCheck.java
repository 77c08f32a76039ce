package dev.signet.ca.revocation;

import dev.signet.ca.refusal.Refusal;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Whether a certificate that somebody presents to this server is still good. To be asked at each
/// call: a connection outlives a revocation (R9). Thread-safe; never blocks.
public interface RevocationCheck {

    /// Why none of this is accepted: UNAUTHENTICATED, the diagnosis naming the certificate, where
    /// any of them is revoked; LEDGER_UNAVAILABLE where this replica has not been able to read what
    /// is revoked for [#LONGEST_UNKNOWN_SECONDS]. Empty: nothing stands against it.
    ///
    /// @param chain leaf first; that it leads to an authority of ours is not checked here
    Optional<Refusal> objection(List<X509Certificate> chain);

    /// Longer than any honest pause of PostgreSQL.
    int LONGEST_UNKNOWN_SECONDS = 10;
}
