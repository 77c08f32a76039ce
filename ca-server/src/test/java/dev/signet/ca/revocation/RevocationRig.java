package dev.signet.ca.revocation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.CertificateSelection;
import dev.signet.ca.ledger.RealLedger;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

/// One replica's part in revocation, on a pool of its own. Nothing looks by itself.
final class RevocationRig implements AutoCloseable {

    static final Actor ANNA = new Actor("oidc", "issuer|anna", "192.0.2.1");
    static final RevocationCause CAUSE =
            new RevocationCause(RevocationReason.KEY_COMPROMISE, "laptop stolen", ANNA);

    /// Added to both clocks.
    final AtomicLong aheadNanos = new AtomicLong();

    final InstantSource clock = () -> Instant.now().plusNanos(aheadNanos.get());
    final HikariDataSource dataSource;
    final JdbcClient jdbc;
    final TransactionTemplate transactions;
    final JdbcRevocationFeed feed;
    final JdbcBlocks blocks;
    final JdbcRevocations revocations;
    final JdbcBulkRevocations bulk;
    final JdbcBulkRunner runner;
    final JdbcRevocationInsert insert;
    final CertificateSelection selection;

    RevocationRig(TestDatabase database) {
        this(database.dataSource());
    }

    RevocationRig(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        dataSource = new HikariDataSource(config);
        jdbc = JdbcClient.create(dataSource);
        transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        feed = new JdbcRevocationFeed(jdbc, clock, () -> System.nanoTime() + aheadNanos.get());
        blocks = new JdbcBlocks(jdbc, transactions, () -> System.nanoTime() + aheadNanos.get());
        insert = new JdbcRevocationInsert(jdbc, feed::look);
        selection = RealLedger.selection(jdbc);
        revocations =
                new JdbcRevocations(jdbc, transactions, RealLedger.records(jdbc), insert, clock);
        bulk = new JdbcBulkRevocations(jdbc, transactions, selection, new SecureRandom());
        runner = new JdbcBulkRunner(jdbc, transactions, selection, insert);
    }

    @Override
    public void close() {
        dataSource.close();
    }
}
