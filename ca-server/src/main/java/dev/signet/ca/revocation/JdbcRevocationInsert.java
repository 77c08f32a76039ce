package dev.signet.ca.revocation;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Puts revocations on record, many in one statement. Sequences are given under a lock that is held
/// until the transaction ends: their order is that of commits. Thread-safe.
final class JdbcRevocationInsert {

    /// See V0010; other numbers of this kind are other packages' locks.
    private static final long LOCK = 5131471623550304346L;

    /// The second statement sees everything that was committed before the first one got the lock.
    private static final String LOCK_SEQUENCE = "SELECT pg_advisory_xact_lock(?)";

    private static final String INSERT =
            """
            WITH base AS (
                SELECT greatest(
                    coalesce((SELECT max(sequence) FROM revocation.revocation), 0),
                    floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 1) AS last),
            fresh AS (
                SELECT w.serial, w.authority_id, w.not_after, w.spiffe_id, w.on_record,
                    row_number() OVER (ORDER BY w.place) AS place
                FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::text[], ?::boolean[])
                    WITH ORDINALITY
                    AS w (serial, authority_id, not_after, spiffe_id, on_record, place)
                WHERE NOT EXISTS (
                    SELECT FROM revocation.revocation r WHERE r.serial = w.serial))
            INSERT INTO revocation.revocation
                (sequence, serial, authority_id, not_after, spiffe_id, on_record, reason, comment,
                 actor_kind, actor_subject, job_id)
            SELECT base.last + fresh.place, fresh.serial, fresh.authority_id,
                to_timestamp(fresh.not_after), fresh.spiffe_id, fresh.on_record, ?, ?, ?, ?, ?::uuid
            FROM fresh, base
            """;

    private final JdbcClient jdbc;
    private final Runnable observe;

    /// @param observe is run after the commit
    JdbcRevocationInsert(JdbcClient jdbc, Runnable observe) {
        this.jdbc = jdbc;
        this.observe = observe;
    }

    /// Within a transaction.
    ///
    /// @param certificates each serial number once, at most 5,000
    /// @param jobId null: none
    /// @return how many were not revoked before
    int insert(List<Revocable> certificates, RevocationCause cause, @Nullable UUID jobId) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a revocation outside of a transaction");
        }
        var _ = jdbc.sql(LOCK_SEQUENCE).param(LOCK).query((_, _) -> true).single();
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(
                certificates.stream()
                        .map(certificate -> certificate.serialNumber().octets())
                        .toArray(byte[][]::new));
        parameters.add(certificates.stream().map(Revocable::authorityId).toArray(String[]::new));
        parameters.add(
                certificates.stream()
                        .map(certificate -> certificate.notAfter().getEpochSecond())
                        .toArray(Long[]::new));
        parameters.add(certificates.stream().map(Revocable::spiffeId).toArray(String[]::new));
        parameters.add(certificates.stream().map(Revocable::onRecord).toArray(Boolean[]::new));
        parameters.add(cause.reason().text());
        parameters.add(cause.comment());
        parameters.add(cause.actor().kind());
        parameters.add(cause.actor().subject());
        parameters.add(jobId == null ? null : jobId.toString());
        int inserted = jdbc.sql(INSERT).params(parameters).update();
        if (inserted > 0) {
            TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                        @Override
                        public void afterCompletion(int status) {
                            observe.run();
                        }
                    });
        }
        return inserted;
    }
}
