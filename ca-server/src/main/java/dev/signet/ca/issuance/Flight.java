package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.issuance.CertificateAssembly.Approved;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One request being served. Whatever happens to it, its caller gets exactly one answer: the first;
/// later ones are dropped. As every answer passes here, this is where an allowance is returned when
/// the server is the origin of a refusal. Thread-safe.
final class Flight {

    private static final Logger log = LoggerFactory.getLogger(Flight.class);

    private final Flights flights;
    private final EvidenceLabel evidence;
    private final long begunAtNanos;

    /// Null once answered, which lets go of the caller's objects before the deadline's queue does.
    private final AtomicReference<@Nullable Caller> caller;

    private static final AtomicIntegerFieldUpdater<Flight> COUNTED =
            AtomicIntegerFieldUpdater.newUpdater(Flight.class, "counted");

    /// 1 while it is counted for what was approved, and that was not returned.
    private volatile int counted;

    private @Nullable Approved approved;

    Flight(
            Flights flights,
            IssuanceRequest request,
            long begunAtNanos,
            Consumer<IssuanceOutcome> answer,
            Consumer<Throwable> fault) {
        this.flights = flights;
        this.evidence = EvidenceLabel.of(request.evidence());
        this.begunAtNanos = begunAtNanos;
        this.caller = new AtomicReference<>(new Caller(answer, fault, request));
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

    /// Takes one of each allowance that applies, until it turns out that this costs nothing.
    ///
    /// @return RATE_LIMITED; empty: go on
    Optional<Refusal> count(Approved request) {
        Optional<Refusal> limited = flights.rateLimits().take(request.caller(), request.grant());
        if (limited.isEmpty()) {
            approved = request;
            counted = 1;
            if (isAnswered()) {
                costsNothing(); // its deadline passed meanwhile, and found nothing to return
            }
        }
        return limited;
    }

    /// Returns what [#count] took, once.
    void costsNothing() {
        Approved taken = approved;
        if (taken != null && counted == 1 && COUNTED.compareAndSet(this, 1, 0)) {
            flights.rateLimits().giveBack(taken.caller(), taken.grant());
        }
    }

    /// Counts what is on record although its deadline returned the allowance, where there is one
    /// left: a retry of the request gets the certificate and costs nothing.
    void countAfterAll(Approved request) {
        var _ = flights.rateLimits().take(request.caller(), request.grant());
    }

    /// @return false when its caller was answered before, so that nothing is released
    boolean issued(IssuanceOutcome.Issued issued) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            flights.issued(this);
            tell(waiting.answer, issued);
        }
        return waiting != null;
    }

    /// Its evidence was verified: what is refused from now on is told of this caller.
    void attested(AttestedCaller attested) {
        Caller waiting = caller.get();
        if (waiting != null) {
            waiting.attested = attested;
        }
    }

    /// Policy has decided: what is refused from now on is told of this grant.
    void granted(Decision.Granted grant) {
        Caller waiting = caller.get();
        if (waiting != null) {
            waiting.grant = grant;
        }
    }

    /// Before policy was asked, or after it granted.
    void refuse(Refusal refusal) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            refused(waiting, refusal, waiting.what());
        }
    }

    /// Evidence that names somebody and does not hold.
    void refuse(Attestation.Outcome.Refused refused) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            refused(waiting, refused.refusal(), waiting.what().of(refused.subject()));
        }
    }

    void refuse(Decision.Denied denied, String policyVersion) {
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            refused(waiting, denied.refusal(), waiting.what().denied(denied, policyVersion));
        }
    }

    private void refused(Caller waiting, Refusal refusal, RefusedIssuance what) {
        switch (refusal.code().origin()) {
            case CALLER -> {}
            case SERVER -> costsNothing();
        }
        flights.refused(this, refusal, what);
        tell(waiting.answer, new IssuanceOutcome.Refused(refusal));
    }

    void fault(Throwable cause) {
        log.error("Issuance failed; the caller is told INTERNAL", cause);
        Caller waiting = caller.getAndSet(null);
        if (waiting != null) {
            costsNothing();
            flights.faulted(this);
            tell(waiting.fault, cause);
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

    /// What is let go of with the answer. The two fields are written by the thread that serves and
    /// may be read by that of the deadlines, without more than that: both are immutable, and at
    /// worst a line about a deadline says less.
    private static final class Caller {

        private final Consumer<IssuanceOutcome> answer;
        private final Consumer<Throwable> fault;
        private final IssuanceRequest request;
        private @Nullable AttestedCaller attested;
        private Decision.@Nullable Granted grant;

        Caller(
                Consumer<IssuanceOutcome> answer,
                Consumer<Throwable> fault,
                IssuanceRequest request) {
            this.answer = answer;
            this.fault = fault;
            this.request = request;
        }

        RefusedIssuance what() {
            return RefusedIssuance.of(request, attested, grant);
        }
    }
}
