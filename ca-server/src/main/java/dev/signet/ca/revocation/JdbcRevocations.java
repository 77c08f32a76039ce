package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// The table `revocation.revocation`.
final class JdbcRevocations implements Revocations {

    private static final int MAX_LIMIT = 1000;
    private static final int STREAM_PAGE = 5_000;
    private static final Pattern WILDCARD = Pattern.compile("[\\\\%_]");

    private static final String SELECT =
            """
            SELECT sequence, serial, authority_id, not_after, spiffe_id, on_record, reason, comment,
                actor_kind, actor_subject, job_id, revoked_at
            FROM revocation.revocation
            WHERE true
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final CertificateRecords records;
    private final JdbcRevocationInsert insert;
    private final InstantSource clock;

    /// @param transactions joins the caller's transaction, or begins one
    JdbcRevocations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            CertificateRecords records,
            JdbcRevocationInsert insert,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.records = records;
        this.insert = insert;
        this.clock = clock;
    }

    @Override
    public Outcome revoke(SerialNumber serialNumber, RevocationCause cause) {
        Optional<Revocation> before = find(serialNumber);
        if (before.isPresent()) {
            return new Outcome.AlreadyRevoked(before.get());
        }
        Optional<CertificateRecord> found = records.bySerialNumber(serialNumber);
        if (found.isEmpty()) {
            return new Outcome.NotOnRecord();
        }
        CertificateRecord record = found.get();
        return insert(
                new Revocable(
                        serialNumber,
                        record.authorityId(),
                        record.validity().notAfter(),
                        record.spiffeId(),
                        true),
                cause);
    }

    @Override
    public Outcome revokeUnrecorded(
            SerialNumber serialNumber,
            String authorityId,
            @Nullable Instant notAfter,
            @Nullable String spiffeId,
            RevocationCause cause) {
        Instant hour = serialNumber.expiryHour();
        Instant last = hour.plus(Duration.ofHours(1)).minusSeconds(1);
        if (notAfter != null && (notAfter.isBefore(hour) || notAfter.isAfter(last))) {
            throw new IllegalArgumentException(
                    "notAfter is "
                            + notAfter
                            + " (expected: in the hour that the serial number names, from "
                            + hour
                            + " on)");
        }
        Optional<Revocation> before = find(serialNumber);
        return before.isPresent()
                ? new Outcome.AlreadyRevoked(before.get())
                : insert(
                        new Revocable(
                                serialNumber,
                                authorityId,
                                notAfter == null ? last : notAfter,
                                spiffeId,
                                false),
                        cause);
    }

    private Outcome insert(Revocable certificate, RevocationCause cause) {
        if (!clock.instant().isBefore(certificate.notAfter().plusSeconds(1))) {
            return new Outcome.Expired(certificate.notAfter());
        }
        return JdbcQuestions.ask(
                "the revocation was not put on record",
                () ->
                        Objects.requireNonNull(
                                transactions.execute(_ -> {
                                    boolean done =
                                            insert.insert(List.of(certificate), cause, null) == 1;
                                    Revocation revocation =
                                            find(certificate.serialNumber()).orElseThrow();
                                    return done
                                            ? new Outcome.Revoked(revocation)
                                            : new Outcome.AlreadyRevoked(revocation);
                                })));
    }

    @Override
    public Optional<Revocation> find(SerialNumber serialNumber) {
        return JdbcQuestions.ask(
                "whether a certificate is revoked could not be read",
                () ->
                        jdbc.sql(SELECT + "AND serial = ?")
                                .param(serialNumber.octets())
                                .query(JdbcRevocations::revocation)
                                .optional());
    }

    @Override
    public Map<SerialNumber, Revocation> find(Collection<SerialNumber> serialNumbers) {
        if (serialNumbers.size() > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    serialNumbers.size() + " serial numbers (expected: at most 1000)");
        }
        if (serialNumbers.isEmpty()) {
            return Map.of();
        }
        Object serials = serialNumbers.stream().map(SerialNumber::octets).toArray(byte[][]::new);
        Map<SerialNumber, Revocation> found = new HashMap<>();
        JdbcQuestions.ask(
                        "which certificates are revoked could not be read",
                        () ->
                                jdbc.sql(SELECT + "AND serial = ANY (?::bytea[])")
                                        .param(serials)
                                        .query(JdbcRevocations::revocation)
                                        .list())
                .forEach(revocation -> found.put(revocation.serialNumber(), revocation));
        return Map.copyOf(found);
    }

    @Override
    public Page list(Criteria criteria, int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        StringBuilder sql = new StringBuilder(SELECT);
        List<Object> parameters = new ArrayList<>();
        add(criteria, sql, parameters);
        if (pageToken != null) {
            sql.append("AND sequence < ?\n");
            parameters.add(Long.parseLong(pageToken));
        }
        sql.append("ORDER BY sequence DESC LIMIT ?");
        parameters.add(limit + 1);
        List<Revocation> found =
                JdbcQuestions.ask(
                        "revocations could not be read",
                        () ->
                                jdbc.sql(sql.toString())
                                        .params(parameters)
                                        .query(JdbcRevocations::revocation)
                                        .list());
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<Revocation> revocations = List.copyOf(found.subList(0, limit));
        return new Page(revocations, Long.toString(revocations.getLast().sequence()));
    }

    @Override
    public void stream(Criteria criteria, Consumer<Revocation> consumer) {
        long last = 0;
        List<Revocation> page;
        do {
            StringBuilder sql = new StringBuilder(SELECT);
            List<Object> parameters = new ArrayList<>();
            add(criteria, sql, parameters);
            sql.append("AND sequence > ? ORDER BY sequence LIMIT ?");
            parameters.add(last);
            parameters.add(STREAM_PAGE);
            page =
                    JdbcQuestions.ask(
                            "revocations could not be read",
                            () ->
                                    jdbc.sql(sql.toString())
                                            .params(parameters)
                                            .query(JdbcRevocations::revocation)
                                            .list());
            for (Revocation revocation : page) {
                consumer.accept(revocation);
                last = revocation.sequence();
            }
        } while (page.size() == STREAM_PAGE);
    }

    private static void add(Criteria criteria, StringBuilder sql, List<Object> parameters) {
        if (criteria.serialNumber() != null) {
            sql.append("AND serial = ?\n");
            parameters.add(criteria.serialNumber().octets());
        }
        if (criteria.authorityId() != null) {
            sql.append("AND authority_id = ?\n");
            parameters.add(criteria.authorityId());
        }
        if (criteria.spiffeIdPrefix() != null) {
            sql.append("AND spiffe_id LIKE ?\n");
            parameters.add(WILDCARD.matcher(criteria.spiffeIdPrefix()).replaceAll("\\\\$0") + "%");
        }
        if (criteria.reason() != null) {
            sql.append("AND reason = ?\n");
            parameters.add(criteria.reason().text());
        }
        if (criteria.jobId() != null) {
            sql.append("AND job_id = ?\n");
            parameters.add(criteria.jobId());
        }
        if (criteria.actorSubject() != null) {
            sql.append("AND actor_subject = ?\n");
            parameters.add(criteria.actorSubject());
        }
        if (criteria.revokedFrom() != null) {
            sql.append("AND revoked_at >= ?\n");
            parameters.add(criteria.revokedFrom().atOffset(ZoneOffset.UTC));
        }
        if (criteria.revokedBefore() != null) {
            sql.append("AND revoked_at < ?\n");
            parameters.add(criteria.revokedBefore().atOffset(ZoneOffset.UTC));
        }
    }

    private static Revocation revocation(ResultSet row, int number) throws SQLException {
        return new Revocation(
                row.getLong("sequence"),
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getString("authority_id"),
                row.getObject("not_after", OffsetDateTime.class).toInstant(),
                row.getString("spiffe_id"),
                row.getBoolean("on_record"),
                RevocationReason.of(row.getString("reason")).orElseThrow(),
                row.getString("comment"),
                new Actor(row.getString("actor_kind"), row.getString("actor_subject"), null),
                row.getObject("job_id", UUID.class),
                row.getObject("revoked_at", OffsetDateTime.class).toInstant());
    }
}
