package dev.signet.ca.status;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.revocation.RevocationFeed;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

/// The CRLs of one server, without its threads: the test says when it looks.
final class CrlReplica {

    final ShardPlans plans;
    final PublishedCrls published = new PublishedCrls();
    final CrlRecords records;
    final CrlIssue issue;
    final CrlSigning signing;
    final CrlDocuments documents;
    final StatusAuthority authority;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    CrlReplica(
            TestDatabase database,
            StatusAuthority authority,
            RevocationFeed feed,
            StatusSettings settings,
            InstantSource clock) {
        this(database, authority, feed, settings, clock, () -> 0, records -> records);
    }

    CrlReplica(
            TestDatabase database,
            StatusAuthority authority,
            RevocationFeed feed,
            StatusSettings settings,
            InstantSource clock,
            LongSupplier unexpired,
            UnaryOperator<CrlRecords> around) {
        this(database, List.of(authority), feed, settings, clock, unexpired, around);
    }

    /// @param authorities the first is an issuing CA, the others are roots
    CrlReplica(
            TestDatabase database,
            List<StatusAuthority> authorities,
            RevocationFeed feed,
            StatusSettings settings,
            InstantSource clock,
            LongSupplier unexpired,
            UnaryOperator<CrlRecords> around) {
        DataSource dataSource = database.dataSource();
        JdbcClient jdbc = JdbcClient.create(dataSource);
        this.authority = authorities.getFirst();
        this.records =
                around.apply(
                        new JdbcCrlRecords(
                                jdbc,
                                new TransactionTemplate(new JdbcTransactionManager(dataSource)),
                                "replica"));
        this.plans =
                new ShardPlans(
                        new JdbcShardPlanRecords(jdbc), settings, unexpired, System::nanoTime);
        this.issue =
                new CrlIssue(
                        feed,
                        plans,
                        records,
                        published,
                        settings.crl(),
                        TestCertificates.CRYPTO,
                        clock);
        this.signing =
                new CrlSigning(
                        () -> authorities,
                        id -> !id.equals(authority.id()),
                        feed,
                        Optional::empty,
                        plans,
                        issue,
                        records,
                        published,
                        new StatusMetrics(meters),
                        clock);
        this.documents =
                new CrlDocuments(
                        published,
                        issue,
                        new CrlBundle(published, issue, clock),
                        settings.maxAge());
    }

    CrlRecord held() {
        return held(1);
    }

    CrlRecord held(int shard) {
        return published.find(new Shard(authority.id(), shard)).orElseThrow();
    }

    CrlRecord full() {
        return published.find(Shard.full(authority.id())).orElseThrow();
    }

    double failures() {
        return meters.counter("signet.crl.failures").count();
    }

    static X509CRL parse(CrlRecord crl) {
        try {
            return (X509CRL)
                    CertificateFactory.getInstance("X.509")
                            .generateCRL(new ByteArrayInputStream(crl.der()));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
