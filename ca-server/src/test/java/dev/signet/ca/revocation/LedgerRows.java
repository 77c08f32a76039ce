package dev.signet.ca.revocation;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.SerialNumber;

import org.springframework.jdbc.core.simple.JdbcClient;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// Rows of the ledger, without certificates behind them.
final class LedgerRows {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient owner;

    LedgerRows(TestDatabase database) {
        owner = database.ownerJdbcClient();
    }

    static SerialNumber serial(Instant notAfter) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        RANDOM.nextBytes(random);
        return SerialNumber.of(notAfter, random);
    }

    static Instant inAnHour() {
        return Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
    }

    SerialNumber add(String spiffeId) {
        return add(spiffeId, inAnHour());
    }

    SerialNumber add(String spiffeId, Instant notAfter) {
        return add(spiffeId, notAfter, "kubernetes", "subject", "rule-1", "authority-1", 0);
    }

    /// @param issuedSecondsAgo by the database's clock
    SerialNumber add(
            String spiffeId,
            Instant notAfter,
            String kind,
            String subject,
            String rule,
            String authority,
            int issuedSecondsAgo) {
        SerialNumber serial = serial(notAfter);
        owner.sql(
                        """
                        INSERT INTO ledger.certificate
                            (serial, spiffe_id, key_sha256, profile, profile_version,
                             policy_version, policy_rule, evidence_kind, evidence_subject,
                             attributes, authority_id, not_before, not_after, issued_at, replica,
                             der)
                        VALUES (?, ?, sha256(convert_to(?, 'UTF8')), 'workload', 1, '1', ?, ?, ?, '{}', ?,
                            ?::timestamptz - interval '1 hour', ?,
                            clock_timestamp() - make_interval(secs => ?), 'test', ?)
                        """)
                .params(
                        serial.octets(),
                        spiffeId,
                        spiffeId,
                        rule,
                        kind,
                        subject,
                        authority,
                        notAfter.atOffset(ZoneOffset.UTC),
                        notAfter.atOffset(ZoneOffset.UTC),
                        issuedSecondsAgo,
                        serial.octets())
                .update();
        return serial;
    }

    /// Many of `spiffe://example.org/bulk/N`, N from 0 on.
    void addMany(int count, String rule) {
        owner.sql(
                        """
                        INSERT INTO ledger.certificate
                            (serial, spiffe_id, key_sha256, profile, profile_version,
                             policy_version, policy_rule, evidence_kind, evidence_subject,
                             attributes, authority_id, not_before, not_after, issued_at, replica,
                             der)
                        SELECT int4send((1073741824 + floor(date_part('epoch', e.not_after) / 3600))::int)
                                || uuid_send(gen_random_uuid()),
                            'spiffe://example.org/bulk/' || i, sha256(convert_to(i::text, 'UTF8')), 'workload', 1,
                            '1', ?, 'kubernetes', 'subject-' || i, '{}', 'authority-1',
                            e.not_after - interval '1 hour', e.not_after,
                            clock_timestamp() - make_interval(secs => 600 - i * 0.01), 'test', '\\x00'
                        FROM generate_series(0, ? - 1) i,
                            (SELECT date_trunc('second', now()) + interval '1 hour' AS not_after) e
                        """)
                .params(rule, count)
                .update();
    }
}
