package dev.signet.ca.attestation;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;

/// The refusals of this package. A caller that proved nothing is told that, and what its own
/// evidence says; the cause is for the operator's log.
final class Unauthenticated {

    private static final String MESSAGE =
            "The evidence does not prove an identity to this CA. Check the credential and its"
                    + " expiry.";
    private static final Duration RETRY = Duration.ofSeconds(1);

    private Unauthenticated() {}

    /// @param diagnosis holds nothing of a credential's secret part
    static Attestation.Outcome because(String diagnosis) {
        return new Attestation.Outcome.Refused(refusal(diagnosis));
    }

    /// @param diagnosis holds nothing of a credential's secret part
    static Refusal refusal(String diagnosis) {
        return Refusal.withDiagnosis(RefusalCode.UNAUTHENTICATED, MESSAGE, diagnosis);
    }

    /// @param evidence see [Refusal#telling]
    static Attestation.Outcome telling(String evidence, String diagnosis) {
        return new Attestation.Outcome.Refused(refusal(diagnosis).telling(evidence));
    }

    static Attestation.Outcome unavailable(String diagnosis) {
        return new Attestation.Outcome.Refused(
                Refusal.withDiagnosis(
                                RefusalCode.ATTESTATION_UNAVAILABLE,
                                "The evidence cannot be checked just now. Retry after the given"
                                        + " time.",
                                diagnosis)
                        .retryAfter(RETRY));
    }

    static String excerpt(String text) {
        return IssuerTexts.excerpt(text);
    }
}
