package dev.signet.ca.reissue;

import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.Replacements;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;

/// Beans of this package: [RenewalOrders], [Reissues]. Needs beans [Changes], [Replacements],
/// `JdbcClient` and `TransactionOperations` over a migrated database, `InstantSource`,
/// `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class ReissueConfiguration {

    @Bean
    JdbcRenewalOrders renewalOrderStore(JdbcClient jdbc, TransactionOperations transactions) {
        return new JdbcRenewalOrders(jdbc, transactions);
    }

    @Bean
    OrdersInForce renewalOrders(
            JdbcRenewalOrders orders, InstantSource clock, Changes changes, MeterRegistry meters) {
        OrdersInForce inForce = new OrdersInForce(orders, clock);
        inForce.look();
        changes.watch("reissue", inForce::look);
        Gauge.builder("signet.reissue.orders", inForce, known -> known.current().size())
                .description("Orders to renew that are in force, as this replica knows")
                .register(meters);
        return inForce;
    }

    @Bean(destroyMethod = "close")
    ReissuePolling reissuePolling(OrdersInForce orders) {
        return new ReissuePolling(orders::look);
    }

    @Bean
    Reissues reissues(JdbcRenewalOrders orders, Replacements replacements, InstantSource clock) {
        return new StoredReissues(orders, replacements, clock);
    }
}
