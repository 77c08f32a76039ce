package dev.signet.ca.issuance;

import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The requests that are being served: counts them, ends those whose time is up, refuses new ones
/// once told to. Thread-safe.
final class Flights {

    private static final Duration RETRY_ELSEWHERE = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private final long deadlineNanos;
    private final IssuanceMetrics metrics;
    private final RefusalRecords refusals;
    private final RateLimits rateLimits;
    private final AtomicInteger inFlight = new AtomicInteger();

    /// In order of their deadlines, as all requests have the same time: looked at from the head.
    private final Queue<Flight> byDeadline = new ConcurrentLinkedQueue<>();

    private volatile boolean refusesNew;

    Flights(
            LongSupplier nanoTime,
            Duration deadline,
            IssuanceMetrics metrics,
            RefusalRecords refusals,
            RateLimits rateLimits) {
        this.nanoTime = nanoTime;
        this.deadlineNanos = deadline.toNanos();
        this.metrics = metrics;
        this.refusals = refusals;
        this.rateLimits = rateLimits;
        metrics.showInFlight(inFlight);
    }

    /// Counted before [#objection] is asked: whoever sees no flights after [#refuseNew] will see
    /// none later.
    Flight begin(
            IssuanceRequest request, Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault) {
        inFlight.incrementAndGet();
        Flight flight = new Flight(this, request, nanoTime.getAsLong(), answer, fault);
        byDeadline.add(flight);
        return flight;
    }

    Optional<Refusal> objection() {
        return refusesNew
                ? Optional.of(
                        Refusal.of(
                                        RefusalCode.SHUTTING_DOWN,
                                        "This server is stopping. Retry at another one.")
                                .retryAfter(RETRY_ELSEWHERE))
                : Optional.empty();
    }

    void refuseNew() {
        refusesNew = true;
    }

    RateLimits rateLimits() {
        return rateLimits;
    }

    int inFlight() {
        return inFlight.get();
    }

    /// Answers every request whose time is up. To be called several times a second, by one thread
    /// at a time.
    void endOverdue() {
        long now = nanoTime.getAsLong();
        Flight head;
        while ((head = byDeadline.peek()) != null) {
            boolean overdue = now - head.begunAtNanos() >= deadlineNanos;
            if (!overdue && !head.isAnswered()) {
                return;
            }
            byDeadline.poll();
            if (overdue) {
                head.refuse(
                        Refusal.of(
                                RefusalCode.DEADLINE_EXCEEDED,
                                "The request took longer than this server allows. Retry with the"
                                        + " same request id."));
            }
        }
    }

    void issued(Flight flight) {
        inFlight.decrementAndGet();
        metrics.issued(age(flight));
    }

    void refused(Flight flight, Refusal refusal, RefusedIssuance what) {
        inFlight.decrementAndGet();
        metrics.refused(refusal.code(), age(flight));
        refusals.refused(what.with(flight.evidence(), refusal));
    }

    void faulted(Flight flight) {
        inFlight.decrementAndGet();
        metrics.fault(age(flight));
    }

    private long age(Flight flight) {
        return nanoTime.getAsLong() - flight.begunAtNanos();
    }
}
