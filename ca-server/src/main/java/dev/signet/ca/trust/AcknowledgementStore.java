package dev.signet.ca.trust;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;

import java.time.Instant;
import java.util.List;

/// Statements of clients on record, the same for all replicas. Thread-safe; blocks on the database,
/// within its timeouts.
interface AcknowledgementStore {

    /// Records those that are not on record yet, in one commit.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; they
    ///   may have been recorded nevertheless: record them again
    void record(List<Statement> statements);

    /// Removes statements of certificates that expired long ago, some at a time.
    ///
    /// @return how many
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    long forget();

    /// What one certificate's holder says.
    record Statement(
            SpiffeId spiffeId, SerialNumber serialNumber, Instant notAfter, long version) {}
}
