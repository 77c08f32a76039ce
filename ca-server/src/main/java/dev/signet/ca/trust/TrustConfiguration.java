package dev.signet.ca.trust;

import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.AuthorityChanges;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.LedgerSettings;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import javax.sql.DataSource;

/// Beans of this package: [TrustBundles], [Acknowledgements]. Needs beans [TrustSettings],
/// [TrustDomain], [Authorities], [AuthorityChanges], [Changes], [LedgerSettings], `DataSource`,
/// `JdbcClient` and `TransactionOperations` over a migrated database, `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class TrustConfiguration {

    @Bean
    JdbcTrustBundleStore trustBundleStore(
            JdbcClient jdbc, TransactionOperations transactions, LedgerSettings ledger) {
        return new JdbcTrustBundleStore(jdbc, transactions, ledger.replica());
    }

    @Bean(destroyMethod = "close")
    PolledTrustBundles trustBundles(
            TrustSettings settings,
            TrustDomain trustDomain,
            Authorities authorities,
            AuthorityChanges authorityChanges,
            JdbcTrustBundleStore store,
            Changes changes,
            MeterRegistry meters) {
        PolledTrustBundles bundles =
                new PolledTrustBundles(
                        authorities, store, trustDomain, settings, scheduler("signet-trust"));
        try {
            bundles.start();
        } catch (RuntimeException e) {
            bundles.close();
            throw e;
        }
        authorityChanges.watch(bundles::refresh);
        changes.watch("trust", bundles::refresh);
        Gauge.builder("signet.trust.version", bundles, known -> known.current().version())
                .description("Version of the trust bundle that this replica publishes")
                .register(meters);
        return bundles;
    }

    @Bean(destroyMethod = "close")
    RecordedAcknowledgements acknowledgements(
            TrustDomain trustDomain,
            PolledTrustBundles bundles,
            JdbcTrustBundleStore store,
            DataSource dataSource,
            TransactionOperations transactions,
            MeterRegistry meters) {
        RecordedAcknowledgements acknowledgements =
                new RecordedAcknowledgements(
                        new JdbcAcknowledgementStore(new JdbcTemplate(dataSource), transactions),
                        store,
                        trustDomain,
                        bundles::refresh,
                        scheduler("signet-acknowledgements"),
                        meters);
        acknowledgements.start();
        return acknowledgements;
    }

    private static ScheduledExecutorService scheduler(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }
}
