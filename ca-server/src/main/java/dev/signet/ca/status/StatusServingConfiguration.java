package dev.signet.ca.status;

import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.authority.StatusAuthorities;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.revocation.RevocationFeed;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;

/// CRLs and OCSP: what signs, renews and serves them. Needs the beans of [StatusConfiguration], and
/// [StatusSettings], [RevocationFeed], [StatusAuthorities], [KnownAuthorities], [ClockGuard],
/// [Changes], [CryptoProvider], [LedgerSettings], `JdbcClient` and `TransactionOperations` over a
/// migrated database, `InstantSource` and `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class StatusServingConfiguration {

    @Bean
    StatusMetrics statusMetrics(MeterRegistry registry) {
        return new StatusMetrics(registry);
    }

    @Bean
    PublishedCrls publishedCrls(StatusMetrics metrics, InstantSource clock) {
        PublishedCrls published = new PublishedCrls();
        metrics.watch(published, clock);
        return published;
    }

    @Bean
    CrlRecords crlRecords(
            JdbcClient jdbc, TransactionOperations transactions, LedgerSettings ledger) {
        return new JdbcCrlRecords(jdbc, transactions, ledger.replica());
    }

    @Bean
    CrlIssue crlIssue(
            RevocationFeed feed,
            ShardPlans plans,
            CrlRecords records,
            PublishedCrls published,
            StatusSettings settings,
            CryptoProvider crypto,
            InstantSource clock) {
        return new CrlIssue(feed, plans, records, published, settings.crl(), crypto, clock);
    }

    @Bean
    CrlSigning crlSigning(
            StatusAuthorities authorities,
            KnownAuthorities known,
            RevocationFeed feed,
            ClockGuard clockGuard,
            ShardPlans plans,
            CrlIssue issue,
            CrlRecords records,
            PublishedCrls published,
            StatusMetrics metrics,
            InstantSource clock) {
        return new CrlSigning(
                authorities,
                id -> isRoot(known, id),
                feed,
                clockGuard,
                plans,
                issue,
                records,
                published,
                metrics,
                clock);
    }

    private static boolean isRoot(KnownAuthorities known, String id) {
        return known.described().stream()
                .filter(authority -> authority.id().equals(id))
                .map(AuthorityDescription::role)
                .anyMatch("root"::equals);
    }

    @Bean(destroyMethod = "close")
    StatusUpkeep statusUpkeep(
            CrlSigning signing,
            CrlRecords records,
            OcspResponders responders,
            RevocationFeed feed,
            Changes changes) {
        StatusUpkeep upkeep = new StatusUpkeep(signing, records, responders);
        upkeep.start(feed, changes);
        return upkeep;
    }

    @Bean
    CrlDocuments crlDocuments(
            PublishedCrls published, CrlIssue issue, StatusSettings settings, InstantSource clock) {
        return new CrlDocuments(
                published, issue, new CrlBundle(published, issue, clock), settings.maxAge());
    }

    @Bean
    ResponderCertificates responderCertificates(JdbcClient jdbc, LedgerSettings ledger) {
        return new JdbcResponderCertificates(jdbc, ledger.replica());
    }

    @Bean
    OcspResponders ocspResponders(
            StatusAuthorities authorities,
            ResponderCertificates records,
            StatusSettings settings,
            CryptoProvider crypto,
            InstantSource clock) {
        return new OcspResponders(
                authorities, records, settings.ocsp().responderLifetime(), crypto, clock);
    }

    @Bean
    OcspDocuments ocspDocuments(
            StatusAuthorities authorities,
            KnownAuthorities known,
            RevocationFeed feed,
            CertificateRecords ledger,
            ResponderCertificates responderCertificates,
            OcspResponders responders,
            StatusSettings settings,
            CryptoProvider crypto,
            InstantSource clock,
            StatusMetrics metrics) {
        OcspAnswers answers =
                new OcspAnswers(
                        authorities,
                        new StatusLookup(
                                feed, ledger, responderCertificates, known::described, clock),
                        feed,
                        responders,
                        new OcspCache(settings.ocsp().cacheSize()),
                        settings.ocsp(),
                        crypto,
                        clock,
                        metrics);
        return new OcspDocuments(answers, settings.maxAge(), clock);
    }
}
