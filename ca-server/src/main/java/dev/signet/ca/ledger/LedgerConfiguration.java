package dev.signet.ca.ledger;

import com.zaxxer.hikari.HikariDataSource;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/// The ledger's beans. Needs beans [DatabaseSettings], [LedgerSettings], `InstantSource`,
/// `SecureRandom` and `MeterRegistry`; makes a `DataSource` whose connections are in the role
/// signet_server, `JdbcClient`, [JdbcMaintenance], `PlatformTransactionManager`,
/// `TransactionOperations`, [Ledger], [CertificateRecords], [CertificateSelection], [LedgerSize],
/// [Changes], [ClockGuard] and [LedgerHealth]. The schema is up to date before the first of them
/// exists.
///
/// Making the beans fails with an [IllegalStateException] that says what to do when PostgreSQL
/// stays away longer than `signet.database.startup-wait`, or cannot be used.
@Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {

    @Bean
    JdbcDatabase ledgerDatabase(DatabaseSettings settings) {
        JdbcDatabase database = new JdbcDatabase(settings);
        database.prepare();
        return database;
    }

    @Bean(destroyMethod = "close")
    HikariDataSource dataSource(JdbcDatabase database) {
        return database.pool();
    }

    @Bean
    JdbcClient jdbcClient(HikariDataSource dataSource) {
        return JdbcClient.create(dataSource);
    }

    @Bean
    PlatformTransactionManager transactionManager(HikariDataSource dataSource) {
        return new JdbcServerTransactions(dataSource);
    }

    @Bean
    TransactionOperations transactionOperations(PlatformTransactionManager transactionManager) {
        return new TransactionTemplate(transactionManager);
    }

    @Bean
    LedgerMetrics ledgerMetrics(MeterRegistry registry) {
        return new LedgerMetrics(registry);
    }

    /// Made after the partitions that it writes to.
    @Bean(destroyMethod = "close")
    JdbcLedger ledger(
            JdbcDatabase database,
            JdbcPartitions partitions,
            LedgerSettings settings,
            SecureRandom random,
            LedgerMetrics metrics) {
        partitions.makeAhead();
        return new JdbcLedger(
                database.sessions(settings.replica()),
                new BufferedSerialNumbers(random),
                settings,
                metrics);
    }

    @Bean(destroyMethod = "close")
    JdbcChanges changes(JdbcDatabase database, HikariDataSource dataSource, LedgerMetrics metrics) {
        return new JdbcChanges(database::server, dataSource::getConnection, metrics);
    }

    @Bean
    CertificateRecords certificateRecords(JdbcClient jdbcClient) {
        return new JdbcCertificateRecords(jdbcClient);
    }

    @Bean
    Replacements replacements(JdbcClient jdbcClient) {
        return new JdbcReplacements(jdbcClient);
    }

    @Bean
    CertificateSelection certificateSelection(JdbcClient jdbcClient) {
        return new JdbcCertificateSelection(jdbcClient, System::nanoTime);
    }

    @Bean
    LedgerSize ledgerSize(JdbcClient jdbcClient) {
        return new JdbcLedgerSize(jdbcClient, System::nanoTime);
    }

    @Bean
    JoinTokenRedemptions joinTokenRedemptions(JdbcClient jdbcClient) {
        return new JdbcJoinTokenRedemptions(jdbcClient);
    }

    @Bean
    JdbcClockGuard clockGuard(
            JdbcClient jdbcClient,
            InstantSource clock,
            LedgerSettings settings,
            LedgerMetrics metrics) {
        JdbcClockGuard guard = new JdbcClockGuard(jdbcClient, clock, settings.maxClockSkew());
        metrics.gauge(
                "signet.ledger.clock.skew.seconds",
                "How far PostgreSQL's clock is ahead of this server's",
                () -> guard.databaseAhead().toMillis() / 1000.0);
        guard.compare();
        return guard;
    }

    @Bean
    JdbcMaintenance jdbcMaintenance(JdbcDatabase database) {
        return database::maintenance;
    }

    @Bean
    JdbcPartitions ledgerPartitions(
            HikariDataSource dataSource, JdbcMaintenance maintenance, LedgerSettings settings) {
        return new JdbcPartitions(dataSource, maintenance, settings);
    }

    @Bean(destroyMethod = "close")
    Upkeep ledgerUpkeep(JdbcClockGuard guard, JdbcPartitions partitions, LedgerSettings settings) {
        Upkeep upkeep = new Upkeep();
        upkeep.every(
                settings.clockCheckInterval(),
                settings.clockCheckInterval(),
                "compare the clocks",
                guard::compare);
        Duration interval = settings.partitionCheckInterval();
        upkeep.every(interval, interval, "make ledger partitions", partitions::makeAhead);
        upkeep.every(interval, interval, "drop ledger partitions", partitions::dropExpired);
        return upkeep;
    }
}
