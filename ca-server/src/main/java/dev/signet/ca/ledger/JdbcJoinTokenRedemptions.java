package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.util.Optional;

/// Join tokens' ends in `ledger.join_token_redemption`.
final class JdbcJoinTokenRedemptions implements JoinTokenRedemptions {

    private static final String FORBID =
            """
            INSERT INTO ledger.join_token_redemption (token_hash, serial)
            VALUES (:tokenHash, NULL)
            ON CONFLICT (token_hash) DO NOTHING
            """;

    private static final String SELECT =
            """
            SELECT serial
            FROM ledger.join_token_redemption
            WHERE token_hash = :tokenHash AND serial IS NOT NULL
            """;

    private final JdbcClient jdbc;

    JdbcJoinTokenRedemptions(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Forbidding forbid(JoinTokenHash hash) {
        try {
            if (jdbc.sql(FORBID).param("tokenHash", hash.octets()).update() == 1) {
                return new Forbidding.Forbidden();
            }
            Optional<byte[]> serial =
                    jdbc.sql(SELECT)
                            .param("tokenHash", hash.octets())
                            .query((row, _) -> row.getBytes("serial"))
                            .optional();
            return serial.isEmpty()
                    ? new Forbidding.AlreadyForbidden()
                    : new Forbidding.AlreadyRedeemed(
                            SerialNumber.fromOctets(serial.get())
                                    .orElseThrow(() ->
                                            new IllegalStateException(
                                                    "ledger.join_token_redemption has a serial"
                                                            + " that is none of this CA")));
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The join token's end could not be recorded", e);
        }
    }
}
