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
    JdbcSuspensions halts(JdbcClient jdbc, Changes changes, MeterRegistry meters) {
        JdbcSuspensions halts = new JdbcSuspensions(jdbc, System::nanoTime);
        changes.watch("halt", halts::look);
        Gauge.builder("signet.halt.halted", halts, known -> known.current().halted() ? 1 : 0)
                .description("Whether issuance is halted (1), as this replica knows")
                .register(meters);
        return halts;
    }

    @Bean(destroyMethod = "close")
    SuspensionPolling haltPolling(JdbcSuspensions halts) {
        return new SuspensionPolling(halts::look);
    }
}
