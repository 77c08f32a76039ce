package dev.signet.ca.trust;

import dev.signet.ca.authority.TrustAnchors;
import dev.signet.ca.identity.TrustDomain;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Trust bundle versions in PostgreSQL, schema `trust`.
final class JdbcTrustBundleStore implements TrustBundleStore {

    /// Taken by whoever publishes a version, in any replica.
    private static final long ADVISORY_LOCK = 6_021_844_907_713_305_278L;

    private static final String LIMIT_WAIT = "SET LOCAL lock_timeout = '20s'";
    private static final String LOCK = "SELECT 1 FROM pg_advisory_xact_lock(:key)";

    private static final String LATEST =
            """
            SELECT b.version, b.authority_generation, b.x509_authorities
            FROM trust.bundle b
            WHERE b.trust_domain = :trustDomain
            ORDER BY b.version DESC
            LIMIT 1
            """;

    /// Never falls, not even when the rows of a while are lost: time does not.
    private static final String INSERT =
            """
            INSERT INTO trust.bundle (trust_domain, version, authority_generation, x509_authorities)
            VALUES (:trustDomain, greatest(:least, extract(epoch FROM clock_timestamp())::bigint),
                :generation, :certificates)
            RETURNING version
            """;

    private static final String PLAUSIBLE =
            "SELECT :version <= extract(epoch FROM clock_timestamp())::bigint + :skew";

    /// How far ahead the clock of a PostgreSQL that made a version may have been of this one's.
    private static final long SKEW_SECONDS = 300;

    private static final String USE =
            """
            INSERT INTO trust.bundle_use (trust_domain, replica, version)
            VALUES (:trustDomain, :replica, :version)
            ON CONFLICT DO NOTHING
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final String replica;

    /// @param replica as in the rows of the ledger
    JdbcTrustBundleStore(JdbcClient jdbc, TransactionOperations transactions, String replica) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.replica = replica;
    }

    @Override
    public void use(TrustDomain trustDomain, long version) {
        jdbc.sql(USE)
                .param("trustDomain", trustDomain.name())
                .param("replica", replica)
                .param("version", version)
                .update();
    }

    @Override
    public Optional<Version> latest(TrustDomain trustDomain) {
        return jdbc.sql(LATEST)
                .param("trustDomain", trustDomain.name())
                .query((row, _) ->
                        new Version(
                                row.getLong("version"),
                                row.getLong("authority_generation"),
                                split(row.getBytes("x509_authorities"))))
                .optional();
    }

    @Override
    public Version publish(TrustDomain trustDomain, TrustAnchors anchors) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    jdbc.sql(LIMIT_WAIT).update();
                    jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
                    Version last = latest(trustDomain).orElse(new Version(0, 0, List.of()));
                    if (anchors.generation() <= last.generation()
                            || (last.version() > 0
                                    && same(anchors.certificates(), last.certificates()))) {
                        return last;
                    }
                    return insert(
                            trustDomain,
                            last.version() + 1,
                            anchors.generation(),
                            anchors.certificates());
                }));
    }

    @Override
    public Optional<Version> surpass(TrustDomain trustDomain, long version) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    jdbc.sql(LIMIT_WAIT).update();
                    jdbc.sql(LOCK).param("key", ADVISORY_LOCK).query(Integer.class).single();
                    Optional<Version> newest = latest(trustDomain);
                    if (newest.isEmpty()) {
                        return newest;
                    }
                    Version last = newest.get();
                    if (last.version() > version) {
                        return newest;
                    }
                    return isPlausible(version)
                            ? Optional.of(
                                    insert(
                                            trustDomain,
                                            version + 1,
                                            last.generation(),
                                            last.certificates()))
                            : Optional.empty();
                }));
    }

    private boolean isPlausible(long version) {
        return jdbc.sql(PLAUSIBLE)
                .param("version", version)
                .param("skew", SKEW_SECONDS)
                .query(Boolean.class)
                .single();
    }

    private Version insert(
            TrustDomain trustDomain, long least, long generation, List<byte[]> certificates) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        certificates.forEach(joined::writeBytes);
        long version =
                jdbc.sql(INSERT)
                        .param("trustDomain", trustDomain.name())
                        .param("least", least)
                        .param("generation", generation)
                        .param("certificates", joined.toByteArray())
                        .query(Long.class)
                        .single();
        return new Version(version, generation, certificates);
    }

    private static boolean same(List<byte[]> one, List<byte[]> other) {
        boolean same = one.size() == other.size();
        for (int i = 0; same && i < one.size(); i++) {
            same = Arrays.equals(one.get(i), other.get(i));
        }
        return same;
    }

    private static List<byte[]> split(byte[] joined) {
        try {
            List<byte[]> certificates = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(joined))) {
                certificates.add(certificate.getEncoded());
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IllegalStateException("table trust.bundle holds no certificates", e);
        }
    }
}
