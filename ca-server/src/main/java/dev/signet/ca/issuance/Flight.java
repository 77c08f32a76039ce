package dev.signet.ca.issuance;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One request being served. Whatever happens to it, its caller gets exactly one answer: the first;
/// later ones are dropped. Thread-safe.
final class Flight {

    private static final Logger log = LoggerFactory.getLogger(Flight.class);

    private final Flights flights;
    private final EvidenceLabel evidence;
    private final long begunAtNanos;

    /// Null once answered, which lets go of the caller's objects before the deadline's queue does.
    private final AtomicReference<@Nullable Caller> caller;

    Flight(
            Flights flights,
            EvidenceLabel evidence,
            long begunAtNanos,
            Consumer<IssuanceOutcome> answer,
            Consumer<Throwable> fault) {
        this.flights = flights;
        this.evidence = evidence;
        this.begunAtNanos = begunAtNanos;
        this.caller = new AtomicReference<>(new Caller(answer, fault));
    }

    EvidenceLabel evidence() {
        return evidence;
    }

    long begunAtNanos() {
        return begunAtNanos;
    }

    boolean isAnswered() {
        return caller.get() == null;
    }

    void issued(IssuanceOutcome.Issued issued) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            flights.issued(this);
            tell(waiting.answer(), issued);
        }
    }

    void refuse(Refusal refusal) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            flights.refused(this, refusal);
            tell(waiting.answer(), new IssuanceOutcome.Refused(refusal));
        }
    }

    void fault(Throwable cause) {
        log.error("Issuance failed; the caller is told INTERNAL", cause);
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            flights.faulted(this);
            tell(waiting.fault(), cause);
        }
    }

    /// Runs a part of the flow; what it throws becomes this request's fault.
    void guard(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            fault(e);
        }
    }

    private static <T> void tell(Consumer<T> consumer, T value) {
        try {
            consumer.accept(value);
        } catch (RuntimeException e) {
            log.error("The answer to an issuance could not be handed over", e);
        }
    }

    private record Caller(Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault) {}
}
