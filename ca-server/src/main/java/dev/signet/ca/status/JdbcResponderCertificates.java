package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/// In `status.responder_certificate`.
final class JdbcResponderCertificates implements ResponderCertificates {

    private final JdbcClient jdbc;
    private final String replica;

    JdbcResponderCertificates(JdbcClient jdbc, String replica) {
        this.jdbc = jdbc;
        this.replica = replica;
    }

    @Override
    public void record(Entry entry) {
        try {
            jdbc.sql(
                            """
                            INSERT INTO status.responder_certificate
                                (serial, authority_id, not_before, not_after, der, replica)
                            VALUES (:serial, :authority, :notBefore, :notAfter, :der, :replica)
                            """)
                    .param("serial", entry.serialNumber().octets())
                    .param("authority", entry.authorityId())
                    .param("notBefore", entry.validity().notBefore().atOffset(ZoneOffset.UTC))
                    .param("notAfter", entry.validity().notAfter().atOffset(ZoneOffset.UTC))
                    .param("der", entry.der())
                    .param("replica", replica)
                    .update();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException(
                    "The certificate of an OCSP responder was not put on record", e);
        }
    }

    @Override
    public Optional<Entry> find(SerialNumber serialNumber) {
        try {
            return jdbc.sql(
                            """
                            SELECT authority_id, not_before, not_after, der
                            FROM status.responder_certificate
                            WHERE serial = :serial
                            """)
                    .param("serial", serialNumber.octets())
                    .query((row, _) ->
                            new Entry(
                                    serialNumber,
                                    row.getString("authority_id"),
                                    new Validity(
                                            row.getObject("not_before", OffsetDateTime.class)
                                                    .toInstant(),
                                            row.getObject("not_after", OffsetDateTime.class)
                                                    .toInstant()),
                                    row.getBytes("der")))
                    .optional();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException(
                    "Certificates of OCSP responders could not be looked up", e);
        }
    }
}
