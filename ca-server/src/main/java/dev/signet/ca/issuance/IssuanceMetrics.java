package dev.signet.ca.issuance;

import dev.signet.ca.refusal.RefusalCode;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What is counted of issuance: requests by outcome, and how long each took. Labels are constants,
/// never a caller's text (R20). Thread-safe.
final class IssuanceMetrics {

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final Map<RefusalCode, Counter> refused = new EnumMap<>(RefusalCode.class);
    private final Counter issued;
    private final Counter faults;
    private final Timer duration;

    IssuanceMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.issued = requests(registry, "issued");
        this.faults = requests(registry, "fault");
        for (RefusalCode code : RefusalCode.values()) {
            refused.put(code, requests(registry, code.name()));
        }
        this.duration =
                Timer.builder("signet.issuance.duration")
                        .description("Time from taking a request to answering it")
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry);
    }

    void showInFlight(Number inFlight) {
        registry.gauge("signet.issuance.in.flight", inFlight);
    }

    void issued(long nanos) {
        issued.increment();
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused(RefusalCode code, long nanos) {
        Counter counter = refused.get(code);
        if (counter != null) {
            counter.increment();
        }
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    void fault(long nanos) {
        faults.increment();
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static Counter requests(MeterRegistry registry, String outcome) {
        return Counter.builder("signet.issuance.requests")
                .description("Requests for a certificate by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
