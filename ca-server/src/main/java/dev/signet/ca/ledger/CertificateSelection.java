package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords.Criteria;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/// Certificates that are not revoked, of any number, for who means to revoke them: how many there
/// are, and one after the other. Thread-safe; every call blocks on PostgreSQL, for 5 s at most a
/// statement, and throws [LedgerUnavailableException] when that cannot be asked.
public interface CertificateSelection {

    /// How many fit.
    ///
    /// @param bound 1 to 1,000,000: counts no further
    Summary summary(Criteria criteria, int bound);

    /// The next ones in order of issuance; may give fewer than there are, or none, and a position
    /// from which to go on.
    ///
    /// @param after position of the batch before; null: begin
    /// @param limit 1 to 5,000
    /// @throws IllegalArgumentException when the position is not one that this returned
    Batch next(Criteria criteria, @Nullable String after, int limit);

    /// @param count at most one more than the bound
    /// @param exact whether all were counted
    /// @param digest the same for the same certificates, and for others hardly ever; of no meaning
    ///   when not exact
    record Summary(long count, boolean exact, long digest) {}

    /// @param position where the next batch begins, at most 128 characters
    /// @param last whether there is none behind this
    record Batch(List<Selected> certificates, String position, boolean last) {}

    /// @param notAfter last second of its validity
    record Selected(
            SerialNumber serialNumber,
            Instant issuedAt,
            Instant notAfter,
            String spiffeId,
            String authorityId) {}
}
