package dev.signet.ca.trust;

import dev.signet.ca.authority.Authorities;
import dev.signet.ca.identity.TrustDomain;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.util.concurrent.Executors;

/// Beans of this package: [TrustBundles]. Needs beans [TrustSettings], [TrustDomain],
/// [Authorities], `JdbcClient` and `TransactionOperations` over a migrated database.
@Configuration(proxyBeanMethods = false)
public class TrustConfiguration {

    @Bean(destroyMethod = "close")
    PolledTrustBundles trustBundles(
            TrustSettings settings,
            TrustDomain trustDomain,
            Authorities authorities,
            JdbcClient jdbc,
            TransactionOperations transactions) {
        PolledTrustBundles bundles =
                new PolledTrustBundles(
                        authorities,
                        new JdbcTrustBundleStore(jdbc, transactions),
                        trustDomain,
                        settings,
                        Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name("signet-trust").factory()));
        try {
            bundles.start();
        } catch (RuntimeException e) {
            bundles.close();
            throw e;
        }
        return bundles;
    }
}
