package dev.signet.ca.admin;

import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import java.util.Objects;
import java.util.function.Supplier;

/// Makes an act and its audit event one commit. Thread-safe.
final class JdbcAuditedActs {

    private final TransactionOperations transactions;
    private final TransactionOperations savepoints;
    private final AuditTrail trail;

    /// @param transactions joins the caller's transaction, or begins one
    /// @param savepoints can be rolled back by itself within a transaction
    JdbcAuditedActs(
            TransactionOperations transactions,
            TransactionOperations savepoints,
            AuditTrail trail) {
        this.transactions = transactions;
        this.savepoints = savepoints;
        this.trail = trail;
    }

    /// @throws LedgerUnavailableException when PostgreSQL did not confirm; the act was not done
    <T> ActOutcome<T> perform(Supplier<Attempted<T>> act) {
        try {
            return Objects.requireNonNull(
                    transactions.execute(_ -> {
                        Attempted<T> attempted = attempt(act);
                        // Last, for it lets one transaction after the other pass.
                        trail.record(attempted.event());
                        return attempted.outcome();
                    }));
        } catch (TransactionException e) {
            throw new LedgerUnavailableException("the transaction of an act failed", e);
        }
    }

    /// Records one more event in the transaction of the act that is being performed.
    void also(AuditEvent event) {
        trail.record(event);
    }

    private <T> Attempted<T> attempt(Supplier<Attempted<T>> act) {
        return Objects.requireNonNull(
                savepoints.execute(status -> {
                    Attempted<T> attempted = act.get();
                    if (attempted.outcome() instanceof ActOutcome.Refused<T>) {
                        status.setRollbackOnly();
                    }
                    return attempted;
                }));
    }
}
