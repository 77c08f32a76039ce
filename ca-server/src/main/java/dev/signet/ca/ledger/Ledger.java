package dev.signet.ca.ledger;

import java.util.Optional;
import java.util.function.Consumer;

/// The durable record of every issuance. Thread-safe.
///
/// Durability: an outcome of [Recorded] or [AlreadyRecorded] is given only after PostgreSQL has
/// confirmed the commit with synchronous_commit on. Where the answer to a commit was lost, the
/// outcome is [Unavailable]; the row may exist, the certificate is not released, and a retry with
/// the same request id gives the recorded one.
///
/// Consistency: a serial number, a request id and a join token are each accepted once, over all
/// replicas.
public interface Ledger {

    /// Takes a place in the bounded commit queue before anything costly is done. Never blocks.
    ///
    /// @return empty when the queue is full: answer OVERLOADED at once
    Optional<Place> reserve();

    /// Serial numbers come from here and nowhere else.
    SerialNumbers serialNumbers();

    /// A place in the commit queue. Either [#record] or [#giveUp] is called, once; not thread-safe.
    interface Place {

        /// Hands the issuance over for commit and returns at once. `whenDecided` is called exactly
        /// once, on the ledger's writer thread or on this one; it must not block and must not
        /// throw.
        void record(IssuanceRecord issuance, Consumer<RecordOutcome> whenDecided);

        /// Frees the place: the request was refused before it came to a signature.
        void giveUp();
    }

    /// What became of an issuance.
    sealed interface RecordOutcome {}

    /// Committed now.
    record Recorded(RecordedCertificate certificate) implements RecordOutcome {}

    /// The same request was committed before; this is what it was given. The certificate handed
    /// over now is forgotten.
    record AlreadyRecorded(RecordedCertificate certificate) implements RecordOutcome {}

    /// The request id belongs to another certification request or caller. Nothing was recorded.
    record RequestIdReused() implements RecordOutcome {}

    /// The join token was used before. Nothing was recorded.
    record JoinTokenAlreadyUsed() implements RecordOutcome {}

    /// The serial number is taken. Nothing was recorded: prepare again with a fresh one.
    record SerialNumberTaken() implements RecordOutcome {}

    /// PostgreSQL is away, or did not say whether it committed. Whether the row exists is unknown.
    ///
    /// @param diagnosis for the log
    record Unavailable(String diagnosis) implements RecordOutcome {}
}
