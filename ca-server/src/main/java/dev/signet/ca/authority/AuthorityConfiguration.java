package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;
import java.util.concurrent.Executors;

/// Beans of this package: [Authorities]. Needs beans [AuthoritySettings], [TrustDomain],
/// [CryptoProvider], `JdbcClient` and `TransactionOperations` over a migrated database,
/// `InstantSource`, `MeterRegistry`. The context does not start when the CA's keys do not open.
@Configuration(proxyBeanMethods = false)
public class AuthorityConfiguration {

    @Bean(destroyMethod = "close")
    PolledAuthorities authorities(
            AuthoritySettings settings,
            TrustDomain trustDomain,
            CryptoProvider crypto,
            JdbcClient jdbc,
            TransactionOperations transactions,
            InstantSource clock,
            MeterRegistry meters) {
        KeyEncryptionKey key =
                KeyEncryptionKey.from(
                        settings.keyEncryptionKey(), System::getenv, crypto.secureRandom());
        AuthorityKeys keys = new SoftwareKeys(crypto, key);
        AuthorityFactory factory = new AuthorityFactory(crypto, keys);
        PolledAuthorities authorities =
                new PolledAuthorities(
                        new JdbcAuthorityStore(jdbc, transactions),
                        factory,
                        new AuthorityLoader(crypto, keys, settings, trustDomain),
                        settings,
                        trustDomain,
                        clock,
                        Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name("signet-authority").factory()));
        try {
            authorities.start();
        } catch (RuntimeException e) {
            authorities.close();
            throw e;
        }
        Gauge.builder(
                        "signet.authority.expiry",
                        authorities,
                        polled ->
                                polled.expiry()
                                        .map(expiry -> (double) expiry.getEpochSecond())
                                        .orElse(0.0))
                .description("Last second of the issuing CA in use, Unix time; 0: there is none")
                .baseUnit("seconds")
                .register(meters);
        return authorities;
    }
}
