package dev.signet.ca.recovery;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Table `recovery.unrecorded_certificate`, and the question which of some are in the ledger.
final class JdbcUnrecordedCertificates implements UnrecordedCertificates {

    private static final int MAX_LIMIT = 1000;

    /// The bounds of not_after let PostgreSQL look at the partitions of these alone.
    private static final String RECORDED =
            """
            SELECT serial FROM ledger.certificate
            WHERE serial = ANY (:serials) AND not_after >= :earliest AND not_after <= :latest
            """;

    private static final String INSERT =
            """
            INSERT INTO recovery.unrecorded_certificate
                (serial, spiffe_id, authority_id, not_before, not_after, der)
            VALUES (:serial, :spiffeId, :authorityId, :notBefore, :notAfter, :der)
            ON CONFLICT DO NOTHING
            """;

    /// Neither expired, nor acknowledged, nor repaired: on record after all, or revoked.
    private static final String OPEN =
            """
            FROM recovery.unrecorded_certificate u
            WHERE u.not_after >= :now
              AND u.presented_at > coalesce(
                  (SELECT max(a.certificates_up_to) FROM recovery.acknowledgement a), '-infinity')
              AND NOT EXISTS (
                  SELECT FROM ledger.certificate c
                  WHERE c.serial = u.serial AND c.not_after = u.not_after)
              AND NOT EXISTS (
                  SELECT FROM revocation.revocation r WHERE r.serial = u.serial)
            """;

    private static final String LIST =
            """
            SELECT u.serial, u.spiffe_id, u.authority_id, u.not_before, u.not_after,
                u.presented_at, u.der
            """
                    + OPEN
                    + """
                    ORDER BY u.presented_at, u.serial
                    LIMIT :limit
                    """;

    private static final String COUNT =
            "SELECT count(*) AS count, max(u.presented_at) AS last\n" + OPEN;

    private final JdbcClient jdbc;
    private final InstantSource clock;

    JdbcUnrecordedCertificates(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /// Which of these the ledger has.
    Set<SerialNumber> recorded(Collection<UnrecordedCertificate> presented) {
        if (presented.isEmpty()) {
            return Set.of();
        }
        Instant earliest = Instant.MAX;
        Instant latest = Instant.MIN;
        for (UnrecordedCertificate certificate : presented) {
            Instant end = certificate.notAfter();
            earliest = end.isBefore(earliest) ? end : earliest;
            latest = end.isAfter(latest) ? end : latest;
        }
        byte[][] serials =
                presented.stream()
                        .map(certificate -> certificate.serialNumber().octets())
                        .toArray(byte[][]::new);
        OffsetDateTime from = utc(earliest);
        OffsetDateTime until = utc(latest);
        List<byte[]> found =
                ask(() ->
                        jdbc.sql(RECORDED)
                                .param("serials", serials)
                                .param("earliest", from)
                                .param("latest", until)
                                .query(byte[].class)
                                .list());
        Set<SerialNumber> recorded = new HashSet<>();
        found.forEach(serial -> recorded.add(SerialNumber.fromOctets(serial).orElseThrow()));
        return recorded;
    }

    /// @return whether it was not known before
    boolean insert(UnrecordedCertificate certificate) {
        return ask(() ->
                jdbc.sql(INSERT)
                        .param("serial", certificate.serialNumber().octets())
                        .param("spiffeId", certificate.spiffeId())
                        .param("authorityId", certificate.authorityId())
                        .param("notBefore", utc(certificate.notBefore()))
                        .param("notAfter", utc(certificate.notAfter()))
                        .param("der", certificate.der())
                        .update())
                == 1;
    }

    @Override
    public List<UnrecordedCertificate> list(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        return ask(() ->
                jdbc.sql(LIST)
                        .param("now", utc(clock.instant()))
                        .param("limit", limit)
                        .query(JdbcUnrecordedCertificates::certificate)
                        .list());
    }

    @Override
    public long count() {
        return open().count();
    }

    /// @param last null where there are none
    record Presentations(long count, @Nullable Instant last) {}

    Presentations open() {
        return ask(() ->
                jdbc.sql(COUNT)
                        .param("now", utc(clock.instant()))
                        .query((row, _) -> {
                            OffsetDateTime last = row.getObject("last", OffsetDateTime.class);
                            return new Presentations(
                                    row.getLong("count"), last == null ? null : last.toInstant());
                        })
                        .single());
    }

    private static UnrecordedCertificate certificate(ResultSet row, int index) throws SQLException {
        return new UnrecordedCertificate(
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getString("spiffe_id"),
                row.getString("authority_id"),
                row.getObject("not_before", OffsetDateTime.class).toInstant(),
                row.getObject("not_after", OffsetDateTime.class).toInstant(),
                row.getObject("presented_at", OffsetDateTime.class).toInstant(),
                row.getBytes("der"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static <T> T ask(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("unrecorded certificates: no answer", e);
        }
    }
}
