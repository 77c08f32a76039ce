package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A writer's connection with its statements. Each call is one transaction, committed before it
/// returns. Not thread-safe, [#abort()] excepted.
///
/// An exception for which [#concernsRowsOnly] is true means: nothing was recorded, the session is
/// good. After any other the outcome is open and the session is to be thrown away.
final class JdbcSession {

    /// Makes sessions.
    interface Source {
        JdbcSession open() throws SQLException;
    }

    // PostgreSQL asks for the right to insert when the statement that records runs, and not before.
    private static final String PROBE =
            """
            SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                current_user = 'signet_server'
                    AND current_setting('synchronous_commit') IN ('on', 'remote_apply'),
                has_table_privilege('ledger.certificate', 'INSERT')
                    AND has_table_privilege('ledger.issuance_request', 'INSERT')
                    AND has_table_privilege('ledger.join_token_redemption', 'INSERT')
            """;

    private static final String READ_REQUESTS =
            """
            SELECT request_id, caller_sha256, csr_sha256, serial
            FROM ledger.issuance_request
            WHERE request_id = ANY (?::uuid[])
            """;

    private final Connection connection;
    private final JdbcIssuanceInsert together;
    private final JdbcIssuanceInsert withJoinToken;
    private final PreparedStatement readRequests;
    private final JdbcRecordedCertificates certificates;
    private final PreparedStatement probe;

    /// @param connection in the role signet_server, with synchronous_commit and timeouts set; owned
    ///   by this from now on
    JdbcSession(Connection connection, String replica) throws SQLException {
        this.connection = connection;
        together = JdbcIssuanceInsert.together(connection, replica);
        withJoinToken = JdbcIssuanceInsert.withJoinToken(connection, replica);
        readRequests = connection.prepareStatement(READ_REQUESTS);
        certificates = new JdbcRecordedCertificates(connection);
        probe = connection.prepareStatement(PROBE);
        probe();
    }

    /// Records issuances without a join token in one commit: the statement's own, so that it takes
    /// one round trip. pgjdbc returns from it when PostgreSQL is ready for the next statement,
    /// which is after the commit.
    ///
    /// @return an outcome for each, in their order
    List<Ledger.RecordOutcome> record(List<IssuanceRecord> issuances) throws SQLException {
        int inserted = together.execute(issuances);
        return inserted == issuances.size() ? allRecorded(issuances) : resolve(issuances);
    }

    /// Records one issuance in a commit of its own, its join token's redemption included.
    Ledger.RecordOutcome recordAlone(IssuanceRecord issuance) throws SQLException {
        List<IssuanceRecord> one = List.of(issuance);
        if (issuance.joinToken() == null) {
            return record(one).getFirst();
        }
        connection.setAutoCommit(false);
        try {
            if (withJoinToken.execute(one) == 1) {
                connection.commit();
                connection.setAutoCommit(true);
                return recorded(issuance);
            }
            // Either the request id or the token was there before; what was written is undone.
            Ledger.RecordOutcome outcome = resolve(one).getFirst();
            rollBack();
            return outcome instanceof Ledger.Recorded ? new Ledger.JoinTokenAlreadyUsed() : outcome;
        } catch (SQLException e) {
            if (concernsRowsOnly(e)) {
                rollBack();
            }
            throw e;
        }
    }

    /// To the mode in which each statement is a transaction; only once none is open, as the change
    /// itself would commit it.
    private void rollBack() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /// Asks for a sign of life from a server that would take the writes of this session.
    void probe() throws SQLException {
        try (ResultSet answer = probe.executeQuery()) {
            if (!answer.next() || answer.getBoolean(1)) {
                throw JdbcProblem.standby();
            }
            if (answer.getBoolean(2)) {
                throw new SQLException(
                        "PostgreSQL takes no writes: default_transaction_read_only is on",
                        JdbcProblem.READ_ONLY);
            }
            if (!answer.getBoolean(3)) {
                throw JdbcProblem.sessionNotKept("role or synchronous_commit was lost");
            }
            if (!answer.getBoolean(4)) {
                throw new SQLException(
                        "role signet_server may not insert into schema ledger",
                        JdbcProblem.NOT_PERMITTED);
            }
        }
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            abort();
        }
    }

    /// Ends the connection without a word to the server. Thread-safe.
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException _) {
            // it is gone either way
        }
    }

    /// Data, constraint, and conflict between transactions: PostgreSQL has rolled back, and the
    /// same rows in other company may fare better.
    static boolean concernsRowsOnly(SQLException e) {
        @Nullable String state = e.getSQLState();
        return state != null
                && (state.startsWith("22")
                        || state.startsWith("23")
                        || state.equals("40001")
                        || state.equals("40P01")
                        || state.equals(JdbcProblem.LOCK_NOT_AVAILABLE));
    }

    /// Another transaction held on to a request id or token for too long: one whose server has not
    /// noticed yet that its client is gone.
    static boolean isLockTimeout(SQLException e) {
        return JdbcProblem.LOCK_NOT_AVAILABLE.equals(e.getSQLState());
    }

    static boolean isUniqueViolation(SQLException e) {
        return "23505".equals(e.getSQLState());
    }

    private static List<Ledger.RecordOutcome> allRecorded(List<IssuanceRecord> issuances) {
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>(issuances.size());
        for (IssuanceRecord issuance : issuances) {
            outcomes.add(recorded(issuance));
        }
        return outcomes;
    }

    private static Ledger.Recorded recorded(IssuanceRecord issuance) {
        var certificate = issuance.certificate();
        var content = certificate.content();
        return new Ledger.Recorded(
                new RecordedCertificate(
                        content.serialNumber(),
                        content.spiffeId(),
                        content.validity(),
                        certificate.authorityId(),
                        certificate.der(),
                        issuance.notices()));
    }

    /// Some request id was there before, from another transaction that has committed or from this
    /// batch: the rows say whose it is.
    private List<Ledger.RecordOutcome> resolve(List<IssuanceRecord> issuances) throws SQLException {
        Map<UUID, KnownRequest> known = readRequests(issuances);
        List<Ledger.RecordOutcome> outcomes = new ArrayList<>(issuances.size());
        for (IssuanceRecord issuance : issuances) {
            @Nullable KnownRequest request =
                    issuance.requestId() == null ? null : known.get(issuance.requestId());
            byte[] serial = issuance.certificate().content().serialNumber().octets();
            if (request == null || Arrays.equals(request.serial, serial)) {
                outcomes.add(recorded(issuance));
            } else if (request.isOf(issuance)) {
                outcomes.add(new Ledger.AlreadyRecorded(certificates.read(request.serial)));
            } else {
                outcomes.add(new Ledger.RequestIdReused());
            }
        }
        return outcomes;
    }

    private Map<UUID, KnownRequest> readRequests(List<IssuanceRecord> issuances)
            throws SQLException {
        String[] ids =
                issuances.stream()
                        .map(IssuanceRecord::requestId)
                        .filter(id -> id != null)
                        .map(UUID::toString)
                        .toArray(String[]::new);
        Map<UUID, KnownRequest> known = HashMap.newHashMap(ids.length);
        readRequests.setArray(1, connection.createArrayOf("text", ids));
        try (ResultSet rows = readRequests.executeQuery()) {
            while (rows.next()) {
                known.put(
                        rows.getObject(1, UUID.class),
                        new KnownRequest(rows.getBytes(2), rows.getBytes(3), rows.getBytes(4)));
            }
        }
        return known;
    }

    private static final class KnownRequest {
        private final byte[] callerSha256;
        private final byte[] csrSha256;
        private final byte[] serial;

        private KnownRequest(byte[] callerSha256, byte[] csrSha256, byte[] serial) {
            this.callerSha256 = callerSha256;
            this.csrSha256 = csrSha256;
            this.serial = serial;
        }

        private boolean isOf(IssuanceRecord issuance) {
            return Arrays.equals(csrSha256, issuance.signingRequest().sha256())
                    && Arrays.equals(
                            callerSha256,
                            CallerDigest.of(issuance.evidenceKind(), issuance.evidenceSubject()));
        }
    }
}
