package dev.signet.ca.wire;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.issuance.IssuanceRequest;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Issues to everybody, or does what a test says instead.
final class FakeIssuance implements Issuance {

    interface Behaviour {
        void issue(
                IssuanceRequest request,
                Consumer<IssuanceOutcome> answer,
                Consumer<Throwable> fault);
    }

    final List<IssuanceRequest> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger inFlight = new AtomicInteger();
    volatile boolean refusing;
    volatile Duration serverLifetime = Duration.ofHours(1);
    volatile Behaviour forServer = this::issueNow;
    volatile Behaviour forWorkloads = this::issueNow;

    private final TestCa ca;

    FakeIssuance(TestCa ca) {
        this.ca = ca;
    }

    @Override
    public void issue(
            IssuanceRequest request, Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault) {
        requests.add(request);
        if (refusing) {
            answer.accept(
                    new IssuanceOutcome.Refused(Refusal.of(RefusalCode.SHUTTING_DOWN, "stopping")));
            return;
        }
        inFlight.incrementAndGet();
        Consumer<IssuanceOutcome> counted =
                outcome -> {
                    inFlight.decrementAndGet();
                    answer.accept(outcome);
                };
        (request.evidence() instanceof Evidence.ThisServer ? forServer : forWorkloads)
                .issue(request, counted, fault);
    }

    void issueNow(
            IssuanceRequest request, Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault) {
        answer.accept(issued(request));
    }

    IssuanceOutcome issued(IssuanceRequest request) {
        boolean server = request.evidence() instanceof Evidence.ThisServer;
        Duration lifetime = server ? serverLifetime : Duration.ofHours(1);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Validity validity = Validity.of(now, lifetime);
        SpiffeId id = new SpiffeId(TestCa.DOMAIN, server ? "/signet/server" : "/workload");
        return new IssuanceOutcome.Issued(
                ca.issue(request.certificationRequest(), id, validity),
                List.of(),
                7,
                now.plus(lifetime.dividedBy(2)),
                now.plus(lifetime.multipliedBy(2).dividedBy(3)));
    }

    static Behaviour refusing(Refusal refusal) {
        return (_, answer, _) -> answer.accept(new IssuanceOutcome.Refused(refusal));
    }

    @Override
    public void refuseNew() {
        refusing = true;
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }
}
