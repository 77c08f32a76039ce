package dev.signet.ca.federation;

import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.LedgerSettings;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.InstantSource;

/// Beans of this package: [FederatedBundles], [Relationships]. Needs beans [FederationSettings],
/// [TrustDomain], [Changes], [LedgerSettings], `PlatformTransactionManager` and `JdbcClient` over a
/// migrated database, `InstantSource`, `SecureRandom`, `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class FederationConfiguration {

    @Bean
    JdbcFederation federationStore(PlatformTransactionManager transactionManager, JdbcClient jdbc) {
        return new JdbcFederation(jdbc, new TransactionTemplate(transactionManager));
    }

    @Bean
    KnownFederation federatedBundles(JdbcFederation store, Changes changes, MeterRegistry meters) {
        KnownFederation known = new KnownFederation(store);
        changes.watch("federation", known::look);
        Gauge.builder("signet.federation.bundles", known, now -> now.current().size())
                .description("Bundles of other trust domains in use")
                .register(meters);
        return known;
    }

    @Bean
    StoredRelationships relationships(
            JdbcFederation store, TrustDomain trustDomain, FederationSettings settings) {
        return new StoredRelationships(store, trustDomain, settings.allowedHosts());
    }

    @Bean(destroyMethod = "close")
    BundlePulls bundlePulls(
            FederationSettings settings,
            KnownFederation known,
            JdbcFederation store,
            LedgerSettings ledger,
            InstantSource clock,
            SecureRandom random) {
        BundlePulls pulls =
                new BundlePulls(
                        settings,
                        known,
                        store,
                        new BundleRequest(settings.timeout(), clock),
                        ledger.replica(),
                        random);
        pulls.start();
        return pulls;
    }
}
