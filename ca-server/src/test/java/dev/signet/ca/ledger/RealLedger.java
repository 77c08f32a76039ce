package dev.signet.ca.ledger;

import dev.signet.ca.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

/// The ledger on PostgreSQL for tests of other packages.
public final class RealLedger implements AutoCloseable {

    private final TestLedger ledger;
    private final TestDatabase database;

    private RealLedger(TestLedger ledger, TestDatabase database) {
        this.ledger = ledger;
        this.database = database;
    }

    public static RealLedger on(TestDatabase database) {
        return new RealLedger(TestLedger.on(database), database);
    }

    public Ledger ledger() {
        return ledger.ledger;
    }

    public CertificateRecords records() {
        return new JdbcCertificateRecords(database.jdbcClient());
    }

    public void assertConsistent() {
        ledger.assertConsistent(database);
    }

    @Override
    public void close() {
        ledger.close();
    }

    public static CertificateRecords records(JdbcClient jdbc) {
        return new JdbcCertificateRecords(jdbc);
    }

    public static CertificateSelection selection(JdbcClient jdbc) {
        return new JdbcCertificateSelection(jdbc, System::nanoTime);
    }

    public static JoinTokenRedemptions joinTokenRedemptions(JdbcClient jdbc) {
        return new JdbcJoinTokenRedemptions(jdbc);
    }
}
