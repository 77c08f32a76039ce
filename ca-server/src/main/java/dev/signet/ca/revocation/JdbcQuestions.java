package dev.signet.ca.revocation;

import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

import java.util.function.Supplier;

/// PostgreSQL's failures as the one exception that callers know.
final class JdbcQuestions {

    private JdbcQuestions() {}

    /// @throws LedgerUnavailableException with the failure as message
    static <T> T ask(String failure, Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException(failure, e);
        }
    }
}
