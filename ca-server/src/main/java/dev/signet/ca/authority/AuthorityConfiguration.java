package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.pkcs11.Pkcs11Token;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.InstantSource;
import java.util.concurrent.Executors;

/// Beans of this package: [Authorities] and its siblings, [AuthorityLifeCycle], [AuthorityIntake],
/// [KeyWrappings]. Needs beans [AuthoritySettings], [TrustDomain], [CryptoProvider], [Changes],
/// [LedgerSettings], `PlatformTransactionManager`, `JdbcClient` and `TransactionOperations` over a
/// migrated database, `InstantSource`, `MeterRegistry`. The context does not start when the CA's
/// keys do not open.
@Configuration(proxyBeanMethods = false)
public class AuthorityConfiguration {

    @Bean
    KeyEncryptionKeys keyEncryptionKeys(AuthoritySettings settings, CryptoProvider crypto) {
        return KeyEncryptionKeys.from(settings, System::getenv, crypto.secureRandom());
    }

    /// Not a bean of its own where there is no token, because a bean cannot be nothing.
    @Bean(destroyMethod = "close")
    TokenAccess tokenAccess(
            AuthoritySettings settings, CryptoProvider crypto, MeterRegistry meters) {
        TokenAccess access =
                settings.pkcs11().given()
                        ? TokenAccess.to(
                                Pkcs11Token.open(settings.pkcs11(), crypto, System::getenv))
                        : TokenAccess.none();
        access.token()
                .ifPresent(token ->
                        Gauge.builder(
                                        "signet.pkcs11.usable",
                                        token,
                                        asked -> asked.impediment().isEmpty() ? 1 : 0)
                                .description("1: the token can be used; 0: it is away")
                                .register(meters));
        return access;
    }

    @Bean
    AuthorityKeys authorityKeys(
            AuthoritySettings settings,
            TrustDomain trustDomain,
            CryptoProvider crypto,
            KeyEncryptionKeys keyEncryptionKeys,
            TokenAccess tokenAccess) {
        return new PlacedKeys(
                settings.newKeys(),
                new SoftwareKeys(crypto, keyEncryptionKeys),
                tokenAccess
                        .token()
                        .map(token -> new TokenKeys(token, crypto, trustDomain))
                        .orElse(null));
    }

    @Bean
    StoredKeyWrappings keyWrappings(
            PlatformTransactionManager transactionManager,
            JdbcClient jdbc,
            KeyEncryptionKeys keyEncryptionKeys,
            AuthorityKeys keys,
            CryptoProvider crypto,
            LedgerSettings ledger) {
        return new StoredKeyWrappings(
                new JdbcKeyStore(jdbc),
                new TransactionTemplate(transactionManager),
                keyEncryptionKeys,
                keys,
                crypto,
                ledger.replica());
    }

    /// After the authorities, so that it tells of a replica that runs.
    @Bean(destroyMethod = "close")
    KeyHoldings keyHoldings(StoredKeyWrappings wrappings, PolledAuthorities authorities) {
        return new KeyHoldings(wrappings);
    }

    @Bean
    JdbcAuthorityStore authorityStore(JdbcClient jdbc, TransactionOperations transactions) {
        return new JdbcAuthorityStore(jdbc, transactions);
    }

    @Bean
    AuthorityLoader authorityLoader(
            CryptoProvider crypto,
            AuthorityKeys keys,
            AuthoritySettings settings,
            TrustDomain trustDomain) {
        return new AuthorityLoader(crypto, keys, settings, trustDomain);
    }

    @Bean
    AuthorityFactory authorityFactory(
            CryptoProvider crypto, AuthorityKeys keys, CrlAddresses crlAddresses) {
        return new AuthorityFactory(crypto, keys, crlAddresses);
    }

    @Bean
    AuthorityLifeCycle authorityLifeCycle(
            AuthoritySettings settings,
            TrustDomain trustDomain,
            CryptoProvider crypto,
            JdbcAuthorityStore store,
            AuthorityFactory factory,
            AuthorityLoader loader,
            PolledAuthorities authorities,
            TransactionOperations transactions,
            InstantSource clock) {
        return new RecordedLifeCycle(
                store,
                new AuthorityPreparation(
                        crypto, store, factory, loader, settings, trustDomain, clock),
                new AuthorityFitness(crypto, loader, settings.minimumRemainder(), clock),
                new JdbcAuthorityTransactions(transactions, authorities::refresh));
    }

    @Bean
    AuthorityIntake authorityIntake(
            AuthoritySettings settings,
            TrustDomain trustDomain,
            CryptoProvider crypto,
            JdbcClient jdbc,
            JdbcAuthorityStore store,
            AuthorityFactory factory,
            AuthorityKeys keys,
            AuthorityLoader loader,
            PolledAuthorities authorities,
            TransactionOperations transactions,
            InstantSource clock) {
        return new RecordedIntake(
                crypto,
                store,
                new JdbcAuthorityRequests(jdbc),
                factory,
                keys,
                new AuthorityPreparation(
                        crypto, store, factory, loader, settings, trustDomain, clock),
                loader,
                settings,
                trustDomain,
                new JdbcAuthorityTransactions(transactions, authorities::refresh),
                clock);
    }

    @Bean(destroyMethod = "close")
    PolledAuthorities authorities(
            AuthoritySettings settings,
            AuthorityKeys keys,
            TrustDomain trustDomain,
            JdbcAuthorityStore store,
            AuthorityFactory factory,
            AuthorityLoader loader,
            InstantSource clock,
            Changes changes,
            MeterRegistry meters) {
        PolledAuthorities authorities =
                new PolledAuthorities(
                        store,
                        factory,
                        loader,
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
        changes.watch("authority", authorities::refresh);
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
