package dev.signet.ca.attestation;

import dev.signet.ca.refusal.Refusal;

import java.time.Instant;

/// Checks evidence. Thread-safe.
public interface Attestation {

    /// Whether [#attest] may wait for something other than this CPU for this evidence: then it is
    /// not called on an event loop.
    boolean mayBlock(Evidence evidence);

    /// Checks the evidence as of `now`. Every refusal is UNAUTHENTICATED with the cause in its
    /// diagnosis, except ATTESTATION_UNAVAILABLE where a source is away.
    Outcome attest(Evidence evidence, Instant now);

    sealed interface Outcome {
        record Attested(AttestedCaller caller) implements Outcome {}

        /// @param subject whom evidence names whose signature is right but which does not hold now,
        ///   as an expired token's; empty: nothing was verified. For the log and the record alone
        record Refused(Refusal refusal, String subject) implements Outcome {
            public Refused(Refusal refusal) {
                this(refusal, "");
            }
        }
    }
}
