package dev.signet.ca.attestation;

import java.security.cert.X509Certificate;

/// What tells a certificate of ours from one that somebody made with a stolen key of ours: the
/// first is on record before it leaves this CA, the second never is. Thread-safe; blocks on
/// PostgreSQL.
interface RecordedLeaves {

    /// Whether this certificate is on record, octet for octet.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    boolean isRecorded(X509Certificate leaf);
}
