package dev.signet.ca.ledger;

/// PostgreSQL could not be asked. The caller answers UNAVAILABLE; a retry can help.
public final class LedgerUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Whether it answered and takes no writes: what only reads can still be done.
    public boolean readOnly() {
        return JdbcProblem.isReadOnly(getCause());
    }
}
