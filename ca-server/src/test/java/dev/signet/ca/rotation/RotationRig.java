package dev.signet.ca.rotation;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.authority.LifeCycleRig;
import dev.signet.ca.authority.TestAuthority;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

/// One replica's rotation over a database, with certificates and statements that the test puts
/// there. Close it.
final class RotationRig implements AutoCloseable {

    final TestDatabase database;
    final LifeCycleRig authorities;
    final JdbcActivationGate gate;
    final GatedActivations activations;
    final RotationAutomation automation;
    final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
    private int certificates;

    RotationRig(TestDatabase database) {
        this(database, transactions -> transactions);
    }

    /// @param faults around the transactions of the automation
    RotationRig(TestDatabase database, UnaryOperator<TransactionOperations> faults) {
        this.database = database;
        DataSource dataSource = database.dataSource();
        this.authorities = new LifeCycleRig(dataSource);
        this.gate =
                new JdbcActivationGate(
                        JdbcClient.create(database.dataSource()),
                        authorities.known(),
                        TestAuthority.TRUST_DOMAIN,
                        0.99);
        this.activations = new GatedActivations(gate, authorities.lifeCycle());
        this.automation =
                new RotationAutomation(
                        new RotationSettings(null, null, null, null, null),
                        authorities.known(),
                        authorities.lifeCycle(),
                        activations,
                        audited::add,
                        faults.apply(
                                new TransactionTemplate(new JdbcTransactionManager(dataSource))),
                        authorities::now,
                        "replica");
    }

    /// Publishes the roots as the next version of the trust bundle.
    long publish() {
        ByteArrayOutputStream roots = new ByteArrayOutputStream();
        var anchors = authorities.authorities().trustAnchors();
        anchors.certificates().forEach(roots::writeBytes);
        return database.jdbcClient()
                .sql(
                        """
                        INSERT INTO trust.bundle (trust_domain, version, authority_generation,
                            x509_authorities)
                        SELECT 'example.org', coalesce(max(version), 0) + 1, :generation, :roots
                        FROM trust.bundle
                        RETURNING version
                        """)
                .param("generation", anchors.generation())
                .param("roots", roots.toByteArray())
                .query(Long.class)
                .single();
    }

    /// Puts a certificate on record.
    ///
    /// @param minutes until it expires
    byte[] certificate(String path, String evidence, int minutes) {
        return certificate(path, evidence, minutes, "key " + certificates, "{}", "r");
    }

    /// One that was issued now by a replica, for a key.
    byte[] issued(String path, String key, String replica) {
        return certificate(path, "oidc", 60, key, "{}", replica);
    }

    /// One that was issued now by proof of another one, for a new key.
    byte[] renewed(String path, byte[] replaced, String replica) {
        return certificate(
                path,
                "current-certificate",
                60,
                "key " + certificates,
                "{\"certificate.serial-number\":\"" + HexFormat.of().formatHex(replaced) + "\"}",
                replica);
    }

    /// The replica has named the version in its answers for an hour.
    void used(String replica, long version) {
        used(replica, version, 3600);
    }

    void used(String replica, long version, int seconds) {
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO trust.bundle_use (trust_domain, replica, version, used_from)
                        VALUES ('example.org', :replica, :version,
                            clock_timestamp() - make_interval(secs => :seconds))
                        """)
                .param("replica", replica)
                .param("version", version)
                .param("seconds", seconds)
                .update();
    }

    private byte[] certificate(
            String path,
            String evidence,
            int minutes,
            String key,
            String attributes,
            String replica) {
        certificates++;
        return database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO ledger.certificate (serial, spiffe_id, key_sha256, profile,
                            profile_version, policy_version, policy_rule, evidence_kind,
                            evidence_subject, attributes, authority_id, not_before, not_after,
                            replica, der)
                        SELECT int4send(1073741824 + floor(date_part('epoch', n.moment) / 3600)::int)
                                || substring(sha256(:number::text::bytea) FROM 1 FOR 16),
                            :id, sha256(:key::text::bytea), 'workload', 1, '0', 'r', :evidence, 's',
                            :attributes, 'a', n.moment - interval '2 hours', n.moment, :replica,
                            'der'
                        FROM (SELECT date_trunc('second', clock_timestamp()
                            + make_interval(mins => :minutes)) AS moment) n
                        RETURNING serial
                        """)
                .param("number", Integer.toString(certificates))
                .param("id", "spiffe://example.org" + path)
                .param("evidence", evidence)
                .param("key", key)
                .param("attributes", attributes)
                .param("replica", replica)
                .param("minutes", minutes)
                .query((row, _) -> row.getBytes(1))
                .single();
    }

    byte[] certificate(String path) {
        return certificate(path, "oidc", 60);
    }

    void acknowledge(byte[] serial, long version) {
        database.jdbcClient()
                .sql(
                        """
                        INSERT INTO trust.acknowledgement (serial, version, spiffe_id, not_after)
                        SELECT c.serial, :version, c.spiffe_id, c.not_after
                        FROM ledger.certificate c WHERE c.serial = :serial
                        """)
                .param("serial", serial)
                .param("version", version)
                .update();
    }

    @Override
    public void close() {
        authorities.close();
    }
}
