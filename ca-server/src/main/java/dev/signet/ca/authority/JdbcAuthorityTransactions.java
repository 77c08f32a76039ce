package dev.signet.ca.authority;

import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import java.util.Objects;
import java.util.function.Supplier;

/// What authorities are read and changed in. Joins the caller's transaction where there is one.
/// Thread-safe.
final class JdbcAuthorityTransactions {

    private final TransactionOperations transactions;
    private final Runnable observe;

    /// @param observe looks at what is on record, after each change's commit; never throws
    JdbcAuthorityTransactions(TransactionOperations transactions, Runnable observe) {
        this.transactions = transactions;
        this.observe = observe;
    }

    /// A change, and this replica's look at it once it is committed.
    ///
    /// @throws LedgerUnavailableException when PostgreSQL did not confirm
    <T> T perform(Supplier<T> change) {
        return asked(() -> {
            T result =
                    Objects.requireNonNull(
                            transactions.execute(_ -> {
                                observeAfterCommit();
                                return change.get();
                            }));
            return result;
        });
    }

    /// @throws LedgerUnavailableException when PostgreSQL did not answer
    <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw new LedgerUnavailableException("the authorities could not be read or changed", e);
        }
    }

    private void observeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCompletion(int status) {
                        observe.run();
                    }
                });
    }
}
