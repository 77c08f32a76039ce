package dev.signet.ca.halt;

import dev.signet.ca.ledger.Changes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Beans of this package: [Halts]. Needs beans [Changes], `JdbcClient` over a migrated database and
/// `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class HaltConfiguration {

    @Bean
    JdbcHalts halts(JdbcClient jdbc, Changes changes, MeterRegistry meters) {
        JdbcHalts halts = new JdbcHalts(jdbc, System::nanoTime);
        changes.watch("halt", halts::look);
        Gauge.builder("signet.halt.halted", halts, known -> known.current().halted() ? 1 : 0)
                .description("Whether issuance is halted (1), as this replica knows")
                .register(meters);
        return halts;
    }

    @Bean(destroyMethod = "close")
    HaltPolling haltPolling(JdbcHalts halts) {
        return new HaltPolling(halts::look);
    }
}
