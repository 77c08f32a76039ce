package dev.signet.ca.issuance;

import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.refusal.Refusal;

import java.time.Instant;
import java.util.List;

/// What became of a request.
public sealed interface IssuanceOutcome {

    /// @param certificate durably on record
    /// @param issuerChain DER, the issuing certificate first, without the root
    /// @param trustBundleVersion current at issuance
    /// @param renewFrom start of the renewal window
    /// @param renewUntil end of the renewal window
    record Issued(
            RecordedCertificate certificate,
            List<byte[]> issuerChain,
            long trustBundleVersion,
            Instant renewFrom,
            Instant renewUntil)
            implements IssuanceOutcome {}

    record Refused(Refusal refusal) implements IssuanceOutcome {}
}
