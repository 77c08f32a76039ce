package dev.signet.ca.ledger;

import org.springframework.context.annotation.Configuration;

/// The ledger's beans. Needs beans [DatabaseSettings], [LedgerSettings], `InstantSource`,
/// `SecureRandom` and `MeterRegistry`; makes a `DataSource` whose connections are in the role
/// signet_server, `JdbcClient`, `TransactionOperations`, [Ledger], [CertificateRecords],
/// [ClockGuard] and [LedgerHealth]. The schema is up to date before the first of them exists.
@Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {}
