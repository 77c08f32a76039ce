package dev.signet.ca.admin;

import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What an operator may do. Trusts that only an operator reaches it. Thread-safe; every call blocks
/// on PostgreSQL, for 5 s at most.
public interface OperatorActs {

    /// Makes a one-time join token. Its secret is in this outcome and nowhere else.
    ///
    /// @param spiffeIdPattern an ID of this CA's trust domain, or one whose last segment is `*`
    /// @param timeToLive whole seconds, 1 s to 24 h; null: 10 min
    /// @param operator who asks, for the record
    TokenOutcome createJoinToken(
            String spiffeIdPattern, @Nullable Duration timeToLive, String operator);

    /// Certificates on record, the youngest issuance first.
    ListOutcome listCertificates(Query query);

    /// @param spiffeIdPrefix null or empty: any; at most 2048 characters
    /// @param serialNumber only this one; the other conditions hold as well
    /// @param issuedFrom included; null: no bound
    /// @param issuedBefore not included; null: no bound
    /// @param pageSize 1 to 1000; 0: 100
    /// @param pageToken null or empty: the first page
    record Query(
            @Nullable String spiffeIdPrefix,
            @Nullable SerialNumber serialNumber,
            @Nullable Instant issuedFrom,
            @Nullable Instant issuedBefore,
            int pageSize,
            @Nullable String pageToken) {}

    sealed interface TokenOutcome {
        record Created(CreatedJoinToken token) implements TokenOutcome {}

        /// INVALID_ARGUMENT, or LEDGER_UNAVAILABLE.
        record Refused(Refusal refusal) implements TokenOutcome {}
    }

    sealed interface ListOutcome {
        /// @param nextPageToken null: no further page
        record Page(List<CertificateRecord> certificates, @Nullable String nextPageToken)
                implements ListOutcome {
            public Page {
                certificates = List.copyOf(certificates);
            }
        }

        /// INVALID_ARGUMENT, or LEDGER_UNAVAILABLE.
        record Refused(Refusal refusal) implements ListOutcome {}
    }
}
