package dev.signet.ca.recovery;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.recovery.JdbcUnrecordedCertificates.Presentations;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;

/// Tables `recovery.lost_revocations` and `recovery.acknowledgement`.
final class JdbcLosses implements Losses {

    /// How far ahead the clock of a PostgreSQL that gave a sequence may have been of this one's;
    /// what lies further ahead no server of this CA has made.
    private static final long SKEW_MICROS = 300_000_000;

    private static final String INSERT =
            """
            INSERT INTO recovery.lost_revocations (sequence, known_sequence, replica)
            SELECT :sequence, :known, :replica
            WHERE NOT EXISTS (
                    SELECT FROM recovery.lost_revocations l WHERE l.sequence >= :sequence)
              AND :sequence <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + :skew
            ON CONFLICT DO NOTHING
            """;

    private static final String OPEN =
            """
            SELECT min(l.known_sequence) AS known_sequence, max(l.sequence) AS sequence,
                array_agg(DISTINCT l.replica ORDER BY l.replica) AS replicas,
                min(l.shown_at) AS first_shown, max(l.shown_at) AS last_shown
            FROM recovery.lost_revocations l
            WHERE l.sequence > coalesce(
                    (SELECT max(a.revocations_up_to) FROM recovery.acknowledgement a), 0)
              AND NOT EXISTS (
                  SELECT FROM revocation.revocation r WHERE r.sequence = l.sequence)
            HAVING count(*) > 0
            """;

    private static final String ACKNOWLEDGE =
            """
            INSERT INTO recovery.acknowledgement (revocations_up_to, certificates_up_to, reason)
            VALUES (:revocations, :certificates, :reason)
            """;

    private final JdbcClient jdbc;
    private final JdbcUnrecordedCertificates certificates;
    private final String replica;

    JdbcLosses(JdbcClient jdbc, JdbcUnrecordedCertificates certificates, String replica) {
        this.jdbc = jdbc;
        this.certificates = certificates;
        this.replica = replica;
    }

    /// Records that a client has seen a revocation that is not on record, unless a greater one is
    /// on record as lost, or it lies in the future.
    ///
    /// @param known where the record ends
    void shown(long sequence, long known) {
        ask(() ->
                jdbc.sql(INSERT)
                        .param("sequence", sequence)
                        .param("known", known)
                        .param("replica", replica)
                        .param("skew", SKEW_MICROS)
                        .update());
    }

    @Override
    public Open open() {
        Presentations presented = certificates.open();
        return new Open(
                presented.count(),
                presented.last(),
                ask(() -> jdbc.sql(OPEN).query(JdbcLosses::lost).optional()));
    }

    @Override
    public void acknowledge(
            @Nullable Long revocationsUpTo, @Nullable Instant certificatesUpTo, String reason) {
        if (revocationsUpTo == null && certificatesUpTo == null) {
            throw new IllegalArgumentException(
                    "neither revocations nor certificates are named (expected: one or both)");
        }
        ask(() ->
                jdbc.sql(ACKNOWLEDGE)
                        .param("revocations", revocationsUpTo, java.sql.Types.BIGINT)
                        .param(
                                "certificates",
                                certificatesUpTo == null
                                        ? null
                                        : certificatesUpTo.atOffset(ZoneOffset.UTC),
                                java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("reason", reason)
                        .update());
    }

    private static LostRevocations lost(ResultSet row, int number) throws SQLException {
        return new LostRevocations(
                row.getLong("known_sequence"),
                row.getLong("sequence"),
                List.of((String[]) row.getArray("replicas").getArray()),
                row.getObject("first_shown", OffsetDateTime.class).toInstant(),
                row.getObject("last_shown", OffsetDateTime.class).toInstant());
    }

    private static <T> T ask(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("what the record has lost: no answer", e);
        }
    }
}
