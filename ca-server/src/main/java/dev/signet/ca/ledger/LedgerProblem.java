package dev.signet.ca.ledger;

/// Why the ledger cannot record. The name is a permanent code of the readiness endpoint.
public enum LedgerProblem {

    /// No answer: not there, starting, stopping, or the login is refused.
    LEDGER_UNAVAILABLE("PostgreSQL cannot be reached"),

    /// It answers and takes no writes.
    LEDGER_READ_ONLY(
            "PostgreSQL takes no writes: it is a standby, or default_transaction_read_only is on"),

    /// A connection pooler gives each transaction another session.
    LEDGER_SESSION_NOT_KEPT(
            "the database sessions of this server are not kept: a connection pooler in transaction"
                    + " mode is between"),

    /// The role of the server may not do what recording takes.
    LEDGER_NOT_PERMITTED("PostgreSQL does not permit the server's role to record");

    private final String text;

    LedgerProblem(String text) {
        this.text = text;
    }

    /// For a human who need not be authenticated.
    public String text() {
        return text;
    }
}
