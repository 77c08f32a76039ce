package dev.signet.ca.status;

import dev.signet.ca.authority.CrlAddresses;
import dev.signet.ca.ledger.LedgerSize;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What certificates say of their status: [dev.signet.ca.certificate.StatusInformation], and
/// [CrlAddresses] for those of CAs. Needs beans [StatusSettings], [LedgerSize] and `JdbcClient`
/// over a migrated database. What they point at is made by [StatusServingConfiguration].
@Configuration(proxyBeanMethods = false)
public class StatusConfiguration {

    @Bean
    ShardPlans shardPlans(JdbcClient jdbc, StatusSettings settings, LedgerSize ledger) {
        return new ShardPlans(
                new JdbcShardPlanRecords(jdbc), settings, ledger::unexpired, System::nanoTime);
    }

    @Bean
    CrlAddresses crlAddresses(StatusSettings settings) {
        return new FullCrlAddresses(settings.baseUrl());
    }

    @Bean
    PlannedStatus statusInformation(ShardPlans plans, StatusSettings settings) {
        return new PlannedStatus(plans, settings);
    }
}
