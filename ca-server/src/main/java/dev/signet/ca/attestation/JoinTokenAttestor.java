package dev.signet.ca.attestation;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.LedgerUnavailableException;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/// Checks a join token but does not use it up: that is done in the commit that records the
/// certificate, or a token would be lost with each commit that fails (R7).
final class JoinTokenAttestor {

    private final JoinTokens joinTokens;

    JoinTokenAttestor(JoinTokens joinTokens) {
        this.joinTokens = joinTokens;
    }

    Attestation.Outcome attest(String token, Instant now) {
        Optional<JoinTokenHash> hash = JoinTokenSecret.hash(token);
        if (hash.isEmpty()) {
            return Unauthenticated.telling(
                    "The text is no join token: it is mistyped, cut off, or another secret.",
                    "the text is no join token, or mistyped");
        }
        String tokenId = hash.get().tokenId();
        Optional<JoinTokens.Terms> terms;
        try {
            terms = joinTokens.find(hash.get());
        } catch (LedgerUnavailableException e) {
            return Unauthenticated.unavailable(
                    "join token " + tokenId + " cannot be looked up: " + e.getMessage());
        }
        if (terms.isEmpty()) {
            return Unauthenticated.because("join token " + tokenId + " is not on record");
        }
        if (terms.get().revokedAt() != null) {
            return Unauthenticated.because(
                    "join token " + tokenId + " was revoked at " + terms.get().revokedAt());
        }
        if (!now.isBefore(terms.get().expiresAt())) {
            // Whoever has the whole secret may know when it ended.
            return Unauthenticated.telling(
                    "The join token expired at "
                            + terms.get().expiresAt()
                            + "; this server's clock shows "
                            + now.truncatedTo(ChronoUnit.SECONDS)
                            + ". Ask for a new one.",
                    "join token " + tokenId + " expired at " + terms.get().expiresAt());
        }
        return new Attestation.Outcome.Attested(
                new AttestedCaller(
                        EvidenceKind.JOIN_TOKEN,
                        tokenId,
                        Map.of("join-token.pattern", terms.get().pattern().toString()),
                        terms.get().pattern(),
                        hash.get(),
                        terms.get().creator()));
    }
}
