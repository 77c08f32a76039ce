package dev.signet.ca.attestation;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.RevocationCheck;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Certificates below an issuing CA of ours that was revoked. Whoever has its key can make others
/// that verify, so the signature proves nothing any more; the ledger does. Thread-safe.
final class RevokedIssuers {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final IssuerPaths paths;
    private final RevocationCheck revocations;
    private final RecordedLeaves leaves;

    /// @param paths over every issuing CA of ours, revoked or not
    RevokedIssuers(IssuerPaths paths, RevocationCheck revocations, RecordedLeaves leaves) {
        this.paths = paths;
        this.revocations = revocations;
        this.leaves = leaves;
    }

    /// Whether something above the leaf was revoked. Never blocks.
    boolean issued(List<X509Certificate> chain) {
        return chain.size() > 1
                && revocations
                        .objection(chain.subList(1, chain.size()))
                        .filter(refusal -> refusal.code() == RefusalCode.UNAUTHENTICATED)
                        .isPresent();
    }

    /// Why the leaf is not believed all the same. Blocks on PostgreSQL.
    Optional<Refusal> objection(List<X509Certificate> chain, Instant now) {
        Optional<String> broken = paths.objection(chain, now);
        if (broken.isPresent()) {
            return Optional.of(Unauthenticated.refusal("current certificate: " + broken.get()));
        }
        Optional<Refusal> revoked = revocations.objection(chain.subList(0, 1));
        if (revoked.isPresent()) {
            return revoked;
        }
        try {
            return leaves.isRecorded(chain.getFirst())
                    ? Optional.empty()
                    : Optional.of(
                            Unauthenticated.refusal(
                                    "current certificate: its issuing CA was revoked, and it is not"
                                            + " on record: its issuer's key made it elsewhere"));
        } catch (LedgerUnavailableException e) {
            return Optional.of(
                    Refusal.withDiagnosis(
                                    RefusalCode.LEDGER_UNAVAILABLE,
                                    "The CA's database did not answer. Retry after the given time.",
                                    "whether a certificate of a revoked issuing CA is on record")
                            .retryAfter(RETRY));
        }
    }
}
