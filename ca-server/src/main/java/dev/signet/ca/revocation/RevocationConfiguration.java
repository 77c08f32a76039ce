package dev.signet.ca.revocation;

import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateSelection;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.JdbcMaintenance;
import dev.signet.ca.ledger.LedgerSettings;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.security.SecureRandom;
import java.time.InstantSource;

/// Beans of this package: [RevocationFeed], [RevocationCheck], [Blocks], [BlockRegister],
/// [Revocations], [BulkRevocations]. Needs beans [Changes], [CertificateRecords],
/// [CertificateSelection], [JdbcMaintenance], [LedgerSettings], `JdbcClient` and
/// `TransactionOperations` over a migrated database, `InstantSource`, `SecureRandom` and
/// `MeterRegistry`.
///
/// The feed is complete when its bean is made: without PostgreSQL there is none.
@Configuration(proxyBeanMethods = false)
public class RevocationConfiguration {

    @Bean
    JdbcRevocationFeed revocationFeed(
            JdbcClient jdbc, Changes changes, InstantSource clock, MeterRegistry meters) {
        JdbcRevocationFeed feed = new JdbcRevocationFeed(jdbc, clock, System::nanoTime);
        changes.watch("revocation", feed::look);
        Gauge.builder("signet.revocation.entries", feed, JdbcRevocationFeed::size)
                .description("Revocations that this replica holds in memory")
                .register(meters);
        Gauge.builder("signet.revocation.age", feed, JdbcRevocationFeed::ageSeconds)
                .description("How old this replica's knowledge of revocations is at most")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("signet.revocation.lost", feed, JdbcRevocationFeed::lostEntries)
                .description(
                        "Revocations that this replica knows of and the record has lost: revoke"
                                + " them again")
                .register(meters);
        return feed;
    }

    @Bean
    JdbcBlocks blocks(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Changes changes,
            MeterRegistry meters) {
        JdbcBlocks blocks = new JdbcBlocks(jdbc, transactions, System::nanoTime);
        changes.watch("block", blocks::look);
        Gauge.builder("signet.revocation.blocks", blocks, JdbcBlocks::size)
                .description("Blocks in force, as this replica knows")
                .register(meters);
        return blocks;
    }

    @Bean
    JdbcRevocationInsert revocationInsert(JdbcClient jdbc, JdbcRevocationFeed feed) {
        return new JdbcRevocationInsert(jdbc, feed::look);
    }

    @Bean
    Revocations revocations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateRecords records,
            JdbcRevocationInsert insert,
            InstantSource clock) {
        return new JdbcRevocations(jdbc, transactions, records, insert, clock);
    }

    @Bean
    BulkRevocations bulkRevocations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateSelection selection,
            SecureRandom random) {
        return new JdbcBulkRevocations(jdbc, transactions, selection, random);
    }

    @Bean(destroyMethod = "close")
    RevocationUpkeep revocationUpkeep(
            JdbcRevocationFeed feed,
            JdbcBlocks blocks,
            JdbcRevocationInsert insert,
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateSelection selection,
            JdbcMaintenance maintenance,
            LedgerSettings settings) {
        JdbcBulkRunner runner = new JdbcBulkRunner(jdbc, transactions, selection, insert);
        JdbcRevocationCleanup cleanup =
                new JdbcRevocationCleanup(maintenance, settings.retention());
        return new RevocationUpkeep(
                () -> {
                    feed.look();
                    blocks.look();
                },
                runner::run,
                cleanup::forget);
    }
}
