package dev.signet.ca.revocation;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What is not known is no permission.
final class StaleKnowledge {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private StaleKnowledge() {}

    static Optional<Refusal> objection(String what, long ageNanos, int longestSeconds) {
        return ageNanos <= TimeUnit.SECONDS.toNanos(longestSeconds)
                ? Optional.empty()
                : Optional.of(
                        Refusal.withDiagnosis(
                                        RefusalCode.LEDGER_UNAVAILABLE,
                                        "The CA's database did not answer. Retry after the given"
                                                + " time.",
                                        what + " could not be read for " + longestSeconds + " s")
                                .retryAfter(RETRY));
    }
}
