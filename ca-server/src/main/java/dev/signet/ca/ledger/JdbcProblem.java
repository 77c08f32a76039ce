package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;

/// What an error of PostgreSQL says about recording. Stateless.
final class JdbcProblem {

    /// Of ledger.session_not_kept, and of [JdbcSessionProbe].
    static final String SESSION_NOT_KEPT = "SG001";

    /// A standby, or default_transaction_read_only.
    static final String READ_ONLY = "25006";

    static final String LOCK_NOT_AVAILABLE = "55P03";

    static final String NOT_PERMITTED = "42501";

    // A prepared statement that this session never made, or made twice.
    private static final String STATEMENT_UNKNOWN = "26000";
    private static final String STATEMENT_KNOWN = "42P05";

    private JdbcProblem() {}

    static LedgerProblem of(Throwable cause) {
        if (cause instanceof SQLException e && foundNoPrimary(e)) {
            return LedgerProblem.LEDGER_READ_ONLY;
        }
        @Nullable String state = cause instanceof SQLException e ? e.getSQLState() : null;
        return switch (state) {
            case null -> LedgerProblem.LEDGER_UNAVAILABLE;
            case READ_ONLY -> LedgerProblem.LEDGER_READ_ONLY;
            case SESSION_NOT_KEPT, STATEMENT_UNKNOWN, STATEMENT_KNOWN ->
                    LedgerProblem.LEDGER_SESSION_NOT_KEPT;
            case NOT_PERMITTED -> LedgerProblem.LEDGER_NOT_PERMITTED;
            default -> LedgerProblem.LEDGER_UNAVAILABLE;
        };
    }

    /// Whether a fault comes from a PostgreSQL that answers and takes no writes.
    static boolean isReadOnly(@Nullable Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                return of(e) == LedgerProblem.LEDGER_READ_ONLY;
            }
        }
        return false;
    }

    /// With targetServerType=primary pgjdbc asks itself whether a server takes writes. Its message
    /// names the parameter in every language; it has no SQLSTATE of its own.
    static boolean foundNoPrimary(SQLException e) {
        @Nullable String message = e.getMessage();
        return message != null && message.contains("targetServerType");
    }

    static SQLException standby() {
        return new SQLException("PostgreSQL is a standby and takes no writes", READ_ONLY);
    }

    static SQLException sessionNotKept(String observed) {
        return new SQLException(
                "a connection pooler gives each transaction another session (" + observed + ")",
                SESSION_NOT_KEPT);
    }
}
