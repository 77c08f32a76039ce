package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.audit.AuditLines;
import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.Ledger;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.revocation.Blocks;
import dev.signet.ca.suspension.Suspensions;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Makes the beans of this package. Needs beans [IssuanceSettings], [PolicySettings],
/// [LedgerSettings], `InstantSource`, `MeterRegistry` and those of the packages that the flow
/// calls.
@Configuration(proxyBeanMethods = false)
public class IssuanceConfiguration {

    private static final long DEADLINE_CHECK_MILLIS = 50;

    @Bean
    Flights issuanceFlights(
            IssuanceSettings settings,
            MeterRegistry registry,
            RefusalRecords refusals,
            RateLimits issuanceRateLimits) {
        return new Flights(
                System::nanoTime,
                settings.deadline(),
                new IssuanceMetrics(registry),
                refusals,
                issuanceRateLimits);
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService issuanceDeadlines(Flights flights) {
        ScheduledExecutorService deadlines =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("issuance-deadlines").daemon().factory());
        var _ =
                deadlines.scheduleWithFixedDelay(
                        flights::endOverdue,
                        DEADLINE_CHECK_MILLIS,
                        DEADLINE_CHECK_MILLIS,
                        TimeUnit.MILLISECONDS);
        return deadlines;
    }

    @Bean
    RateLimits issuanceRateLimits(IssuanceSettings settings) {
        return new RateLimits(settings.rateLimits(), System::nanoTime);
    }

    @Bean(destroyMethod = "shutdown")
    ExecutorService issuanceBlockingThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("issuance-blocking-", 0).factory());
    }

    @Bean
    Issuance issuance(
            ClockGuard clockGuard,
            Suspensions suspensions,
            Blocks blocks,
            Attestation attestation,
            Policies policies,
            Privileges privileges,
            Authorities authorities,
            SigningRequestReader signingRequestReader,
            Ledger ledger,
            TrustBundles trustBundles,
            AuditLines auditLines,
            InstantSource clock,
            Flights issuanceFlights,
            StatusInformation statusInformation,
            ExecutorService issuanceBlockingThreads,
            IssuanceSettings settings,
            PolicySettings policySettings,
            LedgerSettings ledgerSettings) {
        requirePartitions(policySettings.maxLifetime(), ledgerSettings.partitionsAhead());
        return new IssuanceFlow(
                clockGuard,
                suspensions,
                blocks,
                attestation,
                policies,
                new RoleGuard(privileges),
                authorities,
                new CertificateAssembly(
                        signingRequestReader::read,
                        ledger.serialNumbers(),
                        statusInformation,
                        authorities),
                ledger,
                trustBundles,
                auditLines,
                clock,
                issuanceFlights,
                new BlockingLane(issuanceBlockingThreads, settings.maxBlocking()));
    }

    /// A certificate that expires after the last partition could not be put on record.
    static void requirePartitions(Duration maxLifetime, Duration partitionsAhead) {
        if (maxLifetime.compareTo(partitionsAhead.minusDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "signet.policy.max-lifetime is "
                            + maxLifetime
                            + " (expected: at most signet.ledger.partitions-ahead, "
                            + partitionsAhead
                            + ", less one day)");
        }
    }
}
