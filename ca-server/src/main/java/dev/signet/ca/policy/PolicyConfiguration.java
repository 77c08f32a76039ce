package dev.signet.ca.policy;

import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.privilege.Privileges;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.InstantSource;
import java.util.concurrent.Executors;

/// Beans of this package: [Policies], [PolicyVersions], [PolicyLanguage], [PolicyWorkers]. Needs
/// beans [PolicySettings], [PolicySurroundings], [TrustDomain], [Privileges], [ProfileTrial],
/// [StatusInformation], [Changes], `JdbcClient` over a migrated database, `InstantSource` and
/// `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class PolicyConfiguration {

    @Bean
    PolicyLanguage policyLanguage(
            TrustDomain trustDomain,
            PolicySettings settings,
            ProfileTrial trial,
            StatusInformation status,
            Privileges privileges,
            PolicySurroundings surroundings) {
        return PolicyLanguage.of(trustDomain, settings, trial, status, privileges, surroundings);
    }

    @Bean
    PolicyVersions policyVersions(
            JdbcClient jdbc, PolicyLanguage language, PolicyWorkers workers, InstantSource clock) {
        PolicyLanguage elsewhere =
                (document, label, roles) ->
                        workers.run(() -> language.read(document, label, roles));
        return new JdbcPolicyVersions(jdbc, elsewhere, clock);
    }

    @Bean(destroyMethod = "close")
    @Primary
    PolicyWorkers policyWorkers() {
        return PolicyWorkers.forAnswers();
    }

    @Bean(destroyMethod = "close")
    StoredPolicies policies(
            PolicyVersions versions,
            PolicyLanguage language,
            PolicySettings settings,
            Changes changes,
            MeterRegistry registry) {
        StoredPolicies policies =
                new StoredPolicies(
                        versions,
                        language,
                        Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name("signet-policy").factory()),
                        registry);
        try {
            policies.start(settings.refreshInterval(), changes);
        } catch (RuntimeException e) {
            policies.close();
            throw e;
        }
        return policies;
    }
}
