package dev.signet.ca.ledger;

import dev.signet.ca.certificate.CertificateContent;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The one statement that records: a column is an array, so a batch of any size is the same
/// prepared statement, and arrays of octets, text and integers go over the wire in binary. Not
/// thread-safe.
///
/// An issuance whose request id is on record is left out, its certificate with it; so the number of
/// certificates inserted tells whether all were.
final class JdbcIssuanceInsert {

    private static final String COLUMNS =
            """
            serial, spiffe_id, other_sans, subject, key_sha256, profile, profile_version,
            policy_version, policy_rule, evidence_kind, evidence_subject, attributes, authority_id, not_before,
            not_after, request_id, caller_sha256, csr_sha256, der, notices\
            """;

    /// What the session has to be, asked in the transaction that writes: a constant condition,
    /// which PostgreSQL evaluates once for each statement, whatever the number of rows.
    private static final String IN_OWN_SESSION =
            """
            WHERE CASE
                WHEN current_user = 'signet_server'
                    AND current_setting('synchronous_commit') IN ('on', 'remote_apply')
                THEN true
                ELSE ledger.session_not_kept(current_user, current_setting('synchronous_commit'))
            END),
            """;

    // In order of request id: two writers with ids in common wait for each other in one direction.
    private static final String REQUEST =
            """
            request AS (
                INSERT INTO ledger.issuance_request (request_id, caller_sha256, csr_sha256, serial)
                SELECT request_id::uuid, caller_sha256, csr_sha256, serial
                FROM batch
                WHERE request_id IS NOT NULL
                ORDER BY request_id
                ON CONFLICT (request_id) DO NOTHING
                RETURNING serial)
            """;

    private static final String CERTIFICATE =
            """
            INSERT INTO ledger.certificate (
                serial, spiffe_id, other_sans, subject, key_sha256, profile, profile_version,
                policy_version, policy_rule, evidence_kind, evidence_subject, attributes,
                authority_id, not_before, not_after, request_id, replica, der, notices)
            SELECT
                serial, spiffe_id, other_sans, subject, key_sha256, profile, profile_version,
                policy_version, policy_rule, evidence_kind, evidence_subject, attributes,
                authority_id, to_timestamp(not_before), to_timestamp(not_after), request_id::uuid,
                ?::text, der, notices
            FROM batch
            WHERE (request_id IS NULL OR serial IN (SELECT request.serial FROM request))
            """;

    private static final String TOGETHER =
            """
            WITH batch AS MATERIALIZED (
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                AS columns (\
            """
                    + COLUMNS
                    + ")\n"
                    + IN_OWN_SESSION
                    + REQUEST
                    + CERTIFICATE;

    private static final String WITH_JOIN_TOKEN =
            """
            WITH batch AS MATERIALIZED (
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                AS columns (\
            """
                    + COLUMNS
                    + ", token_hash)\n"
                    + IN_OWN_SESSION
                    + REQUEST
                    + """
                    , redemption AS (
                        INSERT INTO ledger.join_token_redemption (token_hash, serial)
                        SELECT token_hash, serial
                        FROM batch
                        ON CONFLICT (token_hash) DO NOTHING
                        RETURNING serial)
                    """
                    + CERTIFICATE
                    + "AND serial IN (SELECT redemption.serial FROM redemption)";

    private final Connection connection;
    private final PreparedStatement statement;
    private final boolean hasJoinToken;
    private final String replica;

    private JdbcIssuanceInsert(
            Connection connection, String sql, boolean hasJoinToken, String replica)
            throws SQLException {
        this.connection = connection;
        this.statement = connection.prepareStatement(sql);
        this.hasJoinToken = hasJoinToken;
        this.replica = replica;
    }

    static JdbcIssuanceInsert together(Connection connection, String replica) throws SQLException {
        return new JdbcIssuanceInsert(connection, TOGETHER, false, replica);
    }

    /// For issuances that all have a join token.
    static JdbcIssuanceInsert withJoinToken(Connection connection, String replica)
            throws SQLException {
        return new JdbcIssuanceInsert(connection, WITH_JOIN_TOKEN, true, replica);
    }

    /// @return number of certificates inserted
    int execute(List<IssuanceRecord> issuances) throws SQLException {
        Columns columns = new Columns(issuances);
        int i = 0;
        octets(++i, columns.serial);
        text(++i, columns.spiffeId);
        text(++i, columns.otherSans);
        text(++i, columns.subject);
        octets(++i, columns.keySha256);
        text(++i, columns.profile);
        statement.setArray(++i, connection.createArrayOf("int4", columns.profileVersion));
        text(++i, columns.policyVersion);
        text(++i, columns.policyRule);
        text(++i, columns.evidenceKind);
        text(++i, columns.evidenceSubject);
        text(++i, columns.attributes);
        text(++i, columns.authorityId);
        statement.setArray(++i, connection.createArrayOf("float8", columns.notBefore));
        statement.setArray(++i, connection.createArrayOf("float8", columns.notAfter));
        text(++i, columns.requestId);
        octets(++i, columns.callerSha256);
        octets(++i, columns.csrSha256);
        octets(++i, columns.der);
        text(++i, columns.notices);
        if (hasJoinToken) {
            octets(++i, columns.tokenHash);
        }
        statement.setString(++i, replica);
        return statement.executeUpdate();
    }

    private void octets(int index, byte[] @Nullable [] values) throws SQLException {
        statement.setArray(index, connection.createArrayOf("bytea", values));
    }

    private void text(int index, @Nullable String[] values) throws SQLException {
        statement.setArray(index, connection.createArrayOf("text", values));
    }

    /// A batch turned into columns.
    private static final class Columns {
        private final byte[][] serial;
        private final String[] spiffeId;
        private final @Nullable String[] otherSans;
        private final @Nullable String[] subject;
        private final byte[][] keySha256;
        private final String[] profile;
        private final Integer[] profileVersion;
        private final String[] policyVersion;
        private final String[] policyRule;
        private final String[] evidenceKind;
        private final String[] evidenceSubject;
        private final String[] attributes;
        private final String[] authorityId;
        private final Double[] notBefore;
        private final Double[] notAfter;
        private final @Nullable String[] requestId;
        private final byte[] @Nullable [] callerSha256;
        private final byte[][] csrSha256;
        private final byte[][] der;
        private final @Nullable String[] notices;
        private final byte[] @Nullable [] tokenHash;

        private Columns(List<IssuanceRecord> issuances) {
            int rows = issuances.size();
            serial = new byte[rows][];
            spiffeId = new String[rows];
            otherSans = new @Nullable String[rows];
            subject = new @Nullable String[rows];
            keySha256 = new byte[rows][];
            profile = new String[rows];
            profileVersion = new Integer[rows];
            policyVersion = new String[rows];
            policyRule = new String[rows];
            evidenceKind = new String[rows];
            evidenceSubject = new String[rows];
            attributes = new String[rows];
            authorityId = new String[rows];
            notBefore = new Double[rows];
            notAfter = new Double[rows];
            requestId = new @Nullable String[rows];
            callerSha256 = new byte[rows] @Nullable [];
            csrSha256 = new byte[rows][];
            der = new byte[rows][];
            notices = new @Nullable String[rows];
            tokenHash = new byte[rows] @Nullable [];
            for (int row = 0; row < rows; row++) {
                fill(row, issuances.get(row));
            }
        }

        private void fill(int row, IssuanceRecord issuance) {
            CertificateContent content = issuance.certificate().content();
            serial[row] = content.serialNumber().octets();
            spiffeId[row] = content.spiffeId().toString();
            otherSans[row] = textOrNull(content.names().text());
            subject[row] = textOrNull(content.subject().text());
            keySha256[row] = content.key().sha256();
            profile[row] = content.profile().name();
            profileVersion[row] = content.profile().version();
            policyVersion[row] = issuance.policyVersion();
            policyRule[row] = issuance.policyRule();
            evidenceKind[row] = issuance.evidenceKind().text();
            evidenceSubject[row] = issuance.evidenceSubject();
            attributes[row] = AttributesJson.of(issuance.attributes());
            authorityId[row] = issuance.certificate().authorityId();
            notBefore[row] = seconds(content.validity().notBefore());
            notAfter[row] = seconds(content.validity().notAfter());
            csrSha256[row] = issuance.signingRequest().sha256();
            der[row] = issuance.certificate().der();
            notices[row] = Notice.encode(issuance.notices());
            if (issuance.requestId() != null) {
                requestId[row] = issuance.requestId().toString();
                callerSha256[row] =
                        CallerDigest.of(issuance.evidenceKind(), issuance.evidenceSubject());
            }
            if (issuance.joinToken() != null) {
                tokenHash[row] = issuance.joinToken().octets();
            }
        }

        /// Whole seconds are exact in a double for longer than there will be certificates.
        private static double seconds(Instant instant) {
            return (double) instant.getEpochSecond();
        }

        private static @Nullable String textOrNull(String text) {
            return text.isEmpty() ? null : text;
        }
    }
}
