package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Reads a recorded certificate back on a writer's connection, for a request that comes again. Not
/// thread-safe.
final class JdbcRecordedCertificates {

    private static final String READ =
            """
            SELECT spiffe_id, not_before, not_after, authority_id, der, notices
            FROM ledger.certificate
            WHERE serial = ? AND not_after >= ? AND not_after < ?
            """;

    private final PreparedStatement read;

    JdbcRecordedCertificates(Connection connection) throws SQLException {
        read = connection.prepareStatement(READ);
    }

    RecordedCertificate read(byte[] serial) throws SQLException {
        SerialNumber serialNumber =
                SerialNumber.fromOctets(serial)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "a serial number on record is not one of ours"));
        OffsetDateTime hour = serialNumber.expiryHour().atOffset(ZoneOffset.UTC);
        read.setBytes(1, serial);
        read.setObject(2, hour);
        read.setObject(3, hour.plusHours(1));
        try (ResultSet row = read.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException(
                        "serial number " + serialNumber + " has a request and no certificate");
            }
            return new RecordedCertificate(
                    serialNumber,
                    SpiffeId.parse(row.getString(1)).orElseThrow(),
                    new Validity(
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getObject(3, OffsetDateTime.class).toInstant()),
                    row.getString(4),
                    row.getBytes(5),
                    Notice.decode(row.getString(6)));
        }
    }
}
