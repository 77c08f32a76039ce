package dev.signet.ca.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/// What is counted of CRLs and OCSP. Thread-safe.
final class StatusMetrics {

    private final Timer crlSigning;
    private final Counter crlFailures;
    private final MeterRegistry registry;

    StatusMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.crlSigning =
                Timer.builder("signet.crl.signing")
                        .description("CRLs brought up to date: written, signed, on record")
                        .register(registry);
        this.crlFailures =
                Counter.builder("signet.crl.failures")
                        .description(
                                "CRLs that could not be brought up to date; each is tried again")
                        .register(registry);
    }

    void watch(PublishedCrls published, InstantSource clock) {
        Gauge.builder(
                        "signet.crl.age",
                        published,
                        crls ->
                                crls.all().stream()
                                        .map(CrlRecord::thisUpdate)
                                        .min(Instant::compareTo)
                                        .map(oldest ->
                                                Duration.between(oldest, clock.instant())
                                                        .toSeconds())
                                        .orElse(0L))
                .description("Age of the oldest CRL that is handed out")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(
                        "signet.crl.next.update",
                        published,
                        crls ->
                                crls.all().stream()
                                        .map(CrlRecord::nextUpdate)
                                        .min(Instant::compareTo)
                                        .map(Instant::getEpochSecond)
                                        .orElse(0L))
                .description("Earliest nextUpdate of the CRLs, Unix time; 0: there is none")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(
                        "signet.crl.entries",
                        published,
                        crls -> crls.all().stream().mapToLong(CrlRecord::entries).sum())
                .description("Entries of all CRLs together")
                .register(registry);
        Gauge.builder(
                        "signet.crl.largest",
                        published,
                        crls ->
                                crls.all().stream()
                                        .mapToLong(crl -> crl.der().length)
                                        .max()
                                        .orElse(0))
                .description("Length of the largest CRL")
                .baseUnit("bytes")
                .register(registry);
    }

    void crlSigned(long nanos) {
        crlSigning.record(nanos, TimeUnit.NANOSECONDS);
    }

    void crlFailed() {
        crlFailures.increment();
    }

    void ocspAnswered(String status) {
        registry.counter("signet.ocsp.answers", "status", status).increment();
    }
}
