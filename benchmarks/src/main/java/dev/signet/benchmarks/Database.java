package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/// The PostgreSQL under the server, asked by a connection of the generator's own. Not thread-safe.
final class Database implements AutoCloseable {

    private static final int DER_LENGTH = 500;
    private static final int WARM_UP_COMMITS = 300;
    private static final int MEASURED_COMMITS = 2_000;
    private static final int BULK_ROWS = 200;

    private final Connection connection;

    /// @param url of JDBC, of an owner of the database
    Database(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /// @param commitMedianMicroseconds one connection, one INSERT of one row, one commit
    /// @param commitP99Microseconds of the same
    /// @param bulkRowsPerSecond one connection, 200 rows a commit
    record Limits(
            double commitMedianMicroseconds,
            double commitP99Microseconds,
            double bulkRowsPerSecond) {}

    /// @return null when a commit is durable on this PostgreSQL, else the setting that says it is
    ///   not
    @Nullable String notDurable() throws SQLException {
        for (String setting : new String[] {"fsync", "synchronous_commit"}) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW " + setting)) {
                row.next();
                if (row.getString(1).equals("off")) {
                    return setting + " = off";
                }
            }
        }
        return null;
    }

    String version() throws SQLException {
        return connection.getMetaData().getDatabaseProductVersion();
    }

    /// @return null when PostgreSQL does not run on this machine
    @Nullable Long postmasterPid() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            long parent = ProcessUsage.parentOf(row.getLong(1));
            return parent <= 1 ? null : (Long) parent;
        }
    }

    /// Rows of the ledger that a load has made.
    long recorded(String trustDomain) throws SQLException {
        String prefix = "spiffe://" + trustDomain + "/ns/" + Workloads.NAMESPACE_PREFIX + "%";
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT count(*) FROM ledger.certificate WHERE spiffe_id LIKE ?")) {
            statement.setString(1, prefix);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// Measures the machine's durable commit on a table of its own, shaped like the ledger's,
    /// dropped afterwards.
    Limits limits(Duration bulk) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS public.signet_benchmark");
            statement.execute(
                    """
                    CREATE TABLE public.signet_benchmark (
                        serial bytea NOT NULL,
                        not_after timestamptz NOT NULL,
                        spiffe_id text NOT NULL,
                        der bytea NOT NULL,
                        PRIMARY KEY (serial, not_after))\
                    """);
        }
        try {
            long[] commits = singleCommits();
            return new Limits(
                    commits[commits.length / 2] / 1000.0,
                    commits[commits.length * 99 / 100] / 1000.0,
                    bulkRowsPerSecond(bulk));
        } finally {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE public.signet_benchmark");
            }
        }
    }

    private long[] singleCommits() throws SQLException {
        Random random = new Random(1);
        long[] nanos = new long[MEASURED_COMMITS];
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO public.signet_benchmark (serial, not_after, spiffe_id, der)
                        VALUES (?, now(), 'spiffe://example.org/ns/a/sa/b', ?)\
                        """)) {
            for (int i = -WARM_UP_COMMITS; i < MEASURED_COMMITS; i++) {
                insert.setBytes(1, octets(random, 20));
                insert.setBytes(2, octets(random, DER_LENGTH));
                long begin = System.nanoTime();
                insert.executeUpdate();
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - begin;
                }
            }
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private double bulkRowsPerSecond(Duration length) throws SQLException {
        Random random = new Random(2);
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO public.signet_benchmark (serial, not_after, spiffe_id, der)
                        SELECT serial, now(), 'spiffe://example.org/ns/a/sa/b', der
                        FROM unnest(?::bytea[], ?::bytea[]) AS fresh (serial, der)\
                        """)) {
            long begin = System.nanoTime();
            long rows = 0;
            while (System.nanoTime() - begin < length.toNanos()) {
                byte[][] serials = new byte[BULK_ROWS][];
                byte[][] ders = new byte[BULK_ROWS][];
                for (int i = 0; i < BULK_ROWS; i++) {
                    serials[i] = octets(random, 20);
                    ders[i] = octets(random, DER_LENGTH);
                }
                insert.setArray(1, connection.createArrayOf("bytea", serials));
                insert.setArray(2, connection.createArrayOf("bytea", ders));
                insert.executeUpdate();
                rows += BULK_ROWS;
            }
            return rows * 1e9 / (System.nanoTime() - begin);
        }
    }

    private static byte[] octets(Random random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
