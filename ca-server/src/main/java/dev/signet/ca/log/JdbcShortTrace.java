package dev.signet.ca.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;

/// The cause of a log event in a pattern, after its message: a stack trace on lines of its own, or
/// one clause where PostgreSQL cannot be reached or the server stops, as such a trace says nothing
/// that the clause does not, and every part of the server meets it at once. Stateless.
public final class JdbcShortTrace extends ThrowableProxyConverter {

    private static final int DEPTH = 16;

    @Override
    protected String throwableProxyToString(IThrowableProxy proxy) {
        Throwable outage =
                proxy instanceof ThrowableProxy known ? outage(known.getThrowable(), DEPTH) : null;
        return outage == null
                ? System.lineSeparator() + super.throwableProxyToString(proxy).stripTrailing()
                : ": "
                        + oneLine(
                                Objects.requireNonNullElse(outage.getMessage(), outage.toString()));
    }

    @Override
    public String convert(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : super.convert(event);
    }

    /// The part of the chain that says why the database cannot be used, or is not any more. Where
    /// the rollback failed as well, what made it necessary is beside the chain.
    private static @Nullable Throwable outage(@Nullable Throwable thrown, int depth) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < depth; i++, cause = cause.getCause()) {
            if (cause instanceof InterruptedException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLRecoverableException
                    || (cause instanceof SQLException sql
                            && (isOutage(sql.getSQLState()) || isOfThePool(sql)))) {
                return cause;
            }
            if (cause instanceof TransactionSystemException rollback) {
                Throwable before = outage(rollback.getApplicationException(), depth - i - 1);
                if (before != null) {
                    return before;
                }
            }
        }
        return null;
    }

    /// "Connection is closed", "HikariDataSource has been closed": only the pool gives no state.
    private static boolean isOfThePool(SQLException sql) {
        return sql.getClass() == SQLException.class && sql.getSQLState() == null;
    }

    /// Connection exception; shutdown, crash, cannot connect now.
    private static boolean isOutage(@Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
