package dev.signet.ca.audit;

import dev.signet.ca.ledger.JdbcMaintenance;
import dev.signet.ca.ledger.LedgerSettings;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;
import java.util.UUID;

/// Beans of this package: [AuditTrail], [AuditEvents], [RefusalRecords] and [AuditLines]. Needs
/// beans [AuditSettings], [LedgerSettings], `JdbcClient`, `TransactionOperations` and
/// [JdbcMaintenance] over a migrated database, `InstantSource`, `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class AuditConfiguration {

    @Bean
    AuditLines auditLines(AuditSettings settings, MeterRegistry meters) {
        if (!settings.stdout()) {
            return new NoAuditLines();
        }
        Counter dropped =
                Counter.builder("signet.audit.lines.dropped")
                        .description("Audit lines that the standard output did not take in time")
                        .register(meters);
        return new StreamAuditLines(System.out, dropped::increment);
    }

    @Bean
    JdbcAuditPartitions auditPartitions(
            JdbcClient jdbc, JdbcMaintenance maintenance, AuditSettings settings) {
        return new JdbcAuditPartitions(jdbc, maintenance, settings);
    }

    /// Made after the partitions that it writes to.
    @Bean
    JdbcAuditTrail auditTrail(
            JdbcClient jdbc,
            JdbcAuditPartitions partitions,
            LedgerSettings settings,
            AuditLines lines) {
        partitions.makeAhead();
        return new JdbcAuditTrail(jdbc, settings.replica(), lines);
    }

    @Bean
    CountedRefusals refusalRecords(
            JdbcClient jdbc,
            TransactionOperations transactions,
            LedgerSettings settings,
            AuditLines lines,
            InstantSource clock) {
        return new CountedRefusals(
                new JdbcRefusals(jdbc, transactions, UUID.randomUUID()),
                lines,
                settings.replica(),
                clock,
                new RefusalLog(System::nanoTime));
    }

    @Bean(destroyMethod = "close")
    AuditUpkeep auditUpkeep(CountedRefusals refusals, JdbcAuditPartitions partitions) {
        return new AuditUpkeep(refusals, partitions);
    }
}
