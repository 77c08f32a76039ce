package dev.signet.ca.rotation;

import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.LedgerSettings;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;

/// Beans of this package: [ActivationGate], [GatedActivations], [RotationState]. Needs beans
/// [RotationSettings], [LedgerSettings], [TrustDomain], [KnownAuthorities], [AuthorityLifeCycle],
/// [AuditTrail], `JdbcClient` and `TransactionOperations` over a migrated database,
/// `InstantSource`, `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class RotationConfiguration {

    @Bean
    ActivationGate activationGate(
            RotationSettings settings,
            JdbcClient jdbc,
            KnownAuthorities authorities,
            TrustDomain trustDomain) {
        return new JdbcActivationGate(jdbc, authorities, trustDomain, settings.acknowledgedShare());
    }

    @Bean
    GatedActivations gatedActivations(ActivationGate gate, AuthorityLifeCycle lifeCycle) {
        return new GatedActivations(gate, lifeCycle);
    }

    @Bean
    RotationAutomation rotationAutomation(
            RotationSettings settings,
            KnownAuthorities authorities,
            AuthorityLifeCycle lifeCycle,
            GatedActivations activations,
            AuditTrail trail,
            TransactionOperations transactions,
            InstantSource clock,
            LedgerSettings ledger,
            MeterRegistry meters) {
        for (String role : new String[] {"issuing", "root"}) {
            Gauge.builder(
                            "signet.rotation.left",
                            authorities,
                            known ->
                                    RotationPlan.active(role, known.described())
                                            .map(active -> left(active, clock))
                                            .orElse(0.0))
                    .tag("role", role)
                    .description(
                            "Share of its life that the active authority has left; a third or less"
                                    + " is overdue; 0: it is over, or none is active")
                    .register(meters);
        }
        RotationAutomation automation =
                new RotationAutomation(
                        settings,
                        authorities,
                        lifeCycle,
                        activations,
                        trail,
                        transactions,
                        clock,
                        ledger.replica());
        Gauge.builder(
                        "signet.rotation.warning",
                        automation,
                        state -> state.warning().isPresent() ? 1 : 0)
                .description("Whether an operator should look after the rotation (1)")
                .register(meters);
        return automation;
    }

    private static double left(AuthorityDescription active, InstantSource clock) {
        return Math.max(0, RotationPlan.left(active, clock.instant()));
    }

    @Bean(destroyMethod = "close")
    RotationClock rotationClock(RotationAutomation automation, RotationSettings settings) {
        return new RotationClock(automation::look, settings.interval());
    }
}
