package dev.signet.ca.suspension;

import dev.signet.ca.ledger.Changes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Beans of this package: [Suspensions]. Needs beans [Changes], `JdbcClient` over a migrated
/// database and `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class SuspensionConfiguration {

    @Bean
    JdbcSuspensions suspensions(JdbcClient jdbc, Changes changes, MeterRegistry meters) {
        JdbcSuspensions suspensions = new JdbcSuspensions(jdbc, System::nanoTime);
        changes.watch("halt", suspensions::look);
        Gauge.builder(
                        "signet.issuance.suspended",
                        suspensions,
                        known -> known.current().suspended() ? 1 : 0)
                .description("Whether issuance is suspended (1), as this replica knows")
                .register(meters);
        return suspensions;
    }

    @Bean(destroyMethod = "close")
    SuspensionPolling suspensionPolling(JdbcSuspensions suspensions) {
        return new SuspensionPolling(suspensions::look);
    }
}
