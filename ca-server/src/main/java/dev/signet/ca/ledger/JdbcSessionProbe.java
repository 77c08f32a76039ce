package dev.signet.ca.ledger;

import org.postgresql.PGConnection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/// Finds out whether a connection has a session of PostgreSQL to itself, or shares it with others
/// as a connection pooler in transaction mode makes it. Stateless.
///
/// A setting that one connection made and another one reads, or that is gone in the next
/// transaction, is proof. PgBouncer hands out the session that it got back last, or first where
/// told so: either shows within a few attempts.
final class JdbcSessionProbe {

    /// Connections of the same login.
    @FunctionalInterface
    interface Source {
        Connection connect() throws SQLException;
    }

    private static final int ATTEMPTS = 4;

    private JdbcSessionProbe() {}

    /// Does nothing where PostgreSQL's process is the one that was named to this connection when it
    /// was made: a pooler names another.
    ///
    /// @param process that serves the connection now
    /// @throws SQLException with [JdbcProblem#SESSION_NOT_KEPT]
    static void proveUnlessDirect(Connection connection, int process, Source source)
            throws SQLException {
        if (connection.unwrap(PGConnection.class).getBackendPID() != process) {
            prove(connection, source);
        }
    }

    /// Takes two connections and a few round trips. Leaves the connection as it was.
    ///
    /// @throws SQLException with [JdbcProblem#SESSION_NOT_KEPT]
    static void prove(Connection connection, Source source) throws SQLException {
        try (Connection other = source.connect()) {
            other.setAutoCommit(false);
            Session before = read(connection);
            for (int i = 0; i < ATTEMPTS; i++) {
                String mark = UUID.randomUUID().toString();
                require(before.process, set(connection, mark), "its process changed");
                Session others = read(other);
                if (others.mark.equals(mark)) {
                    throw JdbcProblem.sessionNotKept("two connections share one");
                }
                // While the other one's transaction keeps the session that it got.
                require(before.process, mark, read(connection));
                other.commit();
                require(before.process, mark, read(connection));
            }
            set(connection, "");
        }
    }

    private record Session(int process, String mark) {}

    private static void require(int process, String mark, Session now) throws SQLException {
        require(process, now.process, "its process changed");
        if (!now.mark.equals(mark)) {
            throw JdbcProblem.sessionNotKept("a setting was lost");
        }
    }

    private static void require(int process, int now, String otherwise) throws SQLException {
        if (process != now) {
            throw JdbcProblem.sessionNotKept(otherwise);
        }
    }

    private static int set(Connection connection, String mark) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT pg_backend_pid(), set_config('signet.session', '"
                                        + mark
                                        + "', false)")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Session read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT pg_backend_pid(), coalesce(current_setting("
                                        + "'signet.session', true), '')")) {
            row.next();
            return new Session(row.getInt(1), row.getString(2));
        }
    }
}
