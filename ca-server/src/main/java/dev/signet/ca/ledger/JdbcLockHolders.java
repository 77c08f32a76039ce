package dev.signet.ca.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Says in words who holds a lock. Stateless.
final class JdbcLockHolders {

    private static final String HOLDER =
            """
            format('process %s (login %s, application "%s", from %s, connected %s, %s)',
                holder.pid, coalesce(holder.usename, 'not visible'),
                coalesce(holder.application_name, ''),
                coalesce(host(holder.client_addr), 'the same host'),
                coalesce(to_char(holder.backend_start AT TIME ZONE 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'at a time that is not visible'),
                coalesce(holder.state, 'state not visible'))
            """;

    private static final String OF_ADVISORY_LOCK =
            "SELECT "
                    + HOLDER
                    + """
                    FROM pg_catalog.pg_locks AS lock
                    JOIN pg_catalog.pg_stat_activity AS holder USING (pid)
                    WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
                    AND lock.database =
                        (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                    AND lock.classid::bigint = (? >> 32) & 4294967295
                    AND lock.objid::bigint = ? & 4294967295
                    """;

    private static final String OF_WAITERS =
            "SELECT "
                    + HOLDER
                    + """
                    FROM pg_catalog.pg_stat_activity AS waiter
                    CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(waiter.pid)) AS blocking (pid)
                    JOIN pg_catalog.pg_stat_activity AS holder ON holder.pid = blocking.pid
                    WHERE waiter.application_name = ? AND waiter.datname = current_database()
                    """;

    private JdbcLockHolders() {}

    /// @return in words, for a log; also where nobody is visible
    static String ofAdvisoryLock(Connection connection, long key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OF_ADVISORY_LOCK)) {
            statement.setLong(1, key);
            statement.setLong(2, key);
            List<String> holders = read(statement);
            return holders.isEmpty() ? "nobody any more" : String.join(", ", holders);
        }
    }

    /// Who keeps connections of that application name waiting; empty: nobody.
    static List<String> ofWaiters(Connection connection, String applicationName)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OF_WAITERS)) {
            statement.setString(1, applicationName);
            return read(statement);
        }
    }

    private static List<String> read(PreparedStatement statement) throws SQLException {
        List<String> holders = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                holders.add(rows.getString(1));
            }
        }
        return holders;
    }
}
