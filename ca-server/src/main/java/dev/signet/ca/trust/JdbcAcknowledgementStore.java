package dev.signet.ca.trust;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;

/// Statements in table `trust.acknowledgement`.
final class JdbcAcknowledgementStore implements AcknowledgementStore {

    private static final String INSERT =
            """
            INSERT INTO trust.acknowledgement (serial, version, spiffe_id, not_after)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String FORGET = "SELECT trust.forget_acknowledgements(?)";

    /// So many at a time that each takes well under a second.
    private static final int MOST_FORGOTTEN = 20_000;

    private final JdbcOperations jdbc;
    private final TransactionOperations transactions;

    JdbcAcknowledgementStore(JdbcOperations jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Override
    public void record(List<Statement> statements) {
        List<Object[]> rows =
                statements.stream()
                        .map(statement ->
                                new Object[] {
                                    statement.serialNumber().octets(),
                                    statement.version(),
                                    statement.spiffeId().toString(),
                                    statement.notAfter().atOffset(ZoneOffset.UTC)
                                })
                        .toList();
        transactions.executeWithoutResult(_ -> jdbc.batchUpdate(INSERT, rows));
    }

    @Override
    public long forget() {
        return Objects.requireNonNull(jdbc.queryForObject(FORGET, Long.class, MOST_FORGOTTEN));
    }
}
