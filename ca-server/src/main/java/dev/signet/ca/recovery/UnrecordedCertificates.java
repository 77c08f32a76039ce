package dev.signet.ca.recovery;

import java.util.List;

/// Certificates of ours that callers hold and the ledger does not have. Thread-safe; every call
/// blocks on PostgreSQL, for 5 s at most, and throws
/// [dev.signet.ca.ledger.LedgerUnavailableException] when that did not answer.
public interface UnrecordedCertificates {

    /// Those that have not expired and that nobody has acknowledged, recorded or revoked since, the
    /// first presented first.
    ///
    /// @param limit 1 to 1,000
    List<UnrecordedCertificate> list(int limit);

    /// How many of these there are.
    long count();
}
