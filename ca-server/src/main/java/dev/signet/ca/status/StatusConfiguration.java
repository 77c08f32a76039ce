package dev.signet.ca.status;

import dev.signet.ca.ledger.LedgerSize;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What certificates say of their status: [dev.signet.ca.certificate.StatusInformation]. Needs
/// beans [StatusSettings], [LedgerSize] and `JdbcClient` over a migrated database. What they point
/// at is made by [StatusServingConfiguration].
@Configuration(proxyBeanMethods = false)
public class StatusConfiguration {

    @Bean
    ShardPlans shardPlans(JdbcClient jdbc, StatusSettings settings, LedgerSize ledger) {
        return new ShardPlans(
                new JdbcShardPlanRecords(jdbc), settings, ledger::unexpired, System::nanoTime);
    }

    @Bean
    PlannedStatus statusInformation(ShardPlans plans, StatusSettings settings) {
        return new PlannedStatus(plans, settings);
    }
}
