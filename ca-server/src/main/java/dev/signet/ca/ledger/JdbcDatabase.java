package dev.signet.ca.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

/// PostgreSQL as this server uses it: every connection has its timeouts, its role and
/// synchronous_commit set. Thread-safe.
final class JdbcDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcDatabase.class);
    private static final int OLDEST_VERSION = 14;
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
    private static final Duration MIGRATION_TIMEOUT = Duration.ofMinutes(10);

    /// How long a writer, and everybody behind it, waits for a row of another transaction. Longer
    /// than the lock_timeout of ledger.drop_expired_partitions, which all inserts wait for.
    private static final Duration WRITER_LOCK_TIMEOUT = Duration.ofSeconds(1);

    /// Held while migrations are applied: PostgreSQL cannot create the same schema twice at once,
    /// and Flyway creates its own before it takes its lock.
    private static final long MIGRATION_LOCK = 5131471623550304341L;

    private final DatabaseSettings settings;

    JdbcDatabase(DatabaseSettings settings) {
        this.settings = settings;
    }

    /// Waits for PostgreSQL within the configured bound and brings the schema up to date, or waits
    /// until somebody else has, as `signet.database.migrations` says.
    ///
    /// @throws IllegalStateException when it stays away, refuses the login, is too old, a migration
    ///   fails, or the schema stays behind; the message says what to do
    void prepare() {
        switch (settings.migrations()) {
            case APPLY -> applyMigrations();
            case AWAIT -> withinStartupWait(this::requireMigrations);
        }
    }

    /// As [#prepare()], and never waits for somebody else to do it.
    void applyMigrations() {
        withinStartupWait(this::migrate);
    }

    private void withinStartupWait(Attempt attempt) {
        long deadline = System.nanoTime() + settings.startupWait().toNanos();
        while (true) {
            try {
                attempt.make();
                return;
            } catch (SQLException e) {
                if (!mayPass(e) || System.nanoTime() - deadline >= 0) {
                    throw new IllegalStateException(advice(e), e);
                }
                LOG.warn(
                        "PostgreSQL at {} does not answer yet ({}); trying again for {} s at most",
                        settings.publicUrl(),
                        e.getMessage(),
                        settings.startupWait().toSeconds());
                pause(e);
            }
        }
    }

    /// Connections for look-ups, in the role signet_server.
    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("signet");
        PGSimpleDataSource driver = driver(settings.serverLogin(), settings.socketTimeout());
        // Planned anew each time: a plan for any period would be one for the whole ledger.
        driver.setPrepareThreshold(0);
        config.setDataSource(driver);
        config.setConnectionInitSql(sessionSql());
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        return new HikariDataSource(config);
    }

    /// A session for a ledger writer.
    JdbcSession.Source sessions(String replica) {
        PGSimpleDataSource driver = driver(settings.serverLogin(), settings.socketTimeout());
        // The few statements of a writer run for as long as its connection lives.
        driver.setPrepareThreshold(1);
        String sql =
                sessionSql()
                        + "; SET plan_cache_mode = force_generic_plan; SET lock_timeout = "
                        + WRITER_LOCK_TIMEOUT.toMillis();
        return () -> {
            Connection connection = driver.getConnection();
            try {
                execute(connection, sql);
                return new JdbcSession(connection, replica);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        };
    }

    /// A connection in the role signet_server that is nobody else's.
    Connection server() throws SQLException {
        Connection connection =
                driver(settings.serverLogin(), settings.socketTimeout()).getConnection();
        try {
            execute(connection, sessionSql());
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// A connection in the role signet_maintenance.
    Connection maintenance() throws SQLException {
        Connection connection =
                driver(settings.migrationLogin(), MIGRATION_TIMEOUT).getConnection();
        try {
            execute(connection, "SET ROLE signet_maintenance; SET statement_timeout = '5min'");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void migrate() throws SQLException {
        DataSource owner = driver(settings.migrationLogin(), MIGRATION_TIMEOUT);
        try (Connection connection = owner.getConnection()) {
            examine(connection);
            execute(connection, "SELECT pg_advisory_lock(" + MIGRATION_LOCK + ")");
            try {
                Migrations.apply(owner);
            } catch (FlywayException e) {
                throw new IllegalStateException(
                        "The database schema at "
                                + settings.publicUrl()
                                + " was not brought up to date: "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private void requireMigrations() throws SQLException {
        DataSource login = driver(settings.serverLogin(), settings.socketTimeout());
        // Before Flyway: what is wrong with address or login is told by its own words.
        try (Connection connection = login.getConnection()) {
            boolean applied;
            try {
                applied = Migrations.applied(login);
            } catch (FlywayException e) {
                throw new SchemaBehindException(e);
            }
            if (!applied) {
                throw new SchemaBehindException(null);
            }
            examine(connection);
        }
    }

    private void examine(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST_VERSION) {
            throw new IllegalStateException(
                    "PostgreSQL at "
                            + settings.publicUrl()
                            + " is version "
                            + version
                            + " (expected: "
                            + OLDEST_VERSION
                            + " or later); upgrade it");
        }
        if ("off".equals(show(connection, "fsync"))) {
            LOG.warn(
                    "PostgreSQL at {} runs with fsync off: a crash of its host loses"
                            + " certificates that clients hold. Set fsync = on",
                    settings.publicUrl());
        }
    }

    private String sessionSql() {
        long timeout = settings.statementTimeout().toMillis();
        return """
        SET ROLE signet_server; \
        SET synchronous_commit = on; \
        SET TimeZone = 'UTC'; \
        SET statement_timeout = %d; \
        SET lock_timeout = %d; \
        SET idle_in_transaction_session_timeout = %d\
        """
                .formatted(timeout, timeout, 2 * settings.socketTimeout().toMillis());
    }

    private PGSimpleDataSource driver(DatabaseSettings.Login login, Duration socketTimeout) {
        PGSimpleDataSource driver = new PGSimpleDataSource();
        driver.setUrl(settings.url());
        if (!login.username().isEmpty()) {
            driver.setUser(login.username());
        }
        if (!login.password().isEmpty()) {
            driver.setPassword(login.password());
        }
        driver.setConnectTimeout(seconds(settings.connectTimeout()));
        driver.setSocketTimeout(seconds(socketTimeout));
        driver.setTcpKeepAlive(true);
        driver.setApplicationName("signet");
        driver.setAssumeMinServerVersion(Integer.toString(OLDEST_VERSION));
        // The detail of a message holds the row: no place for it in a log.
        driver.setLogServerErrorDetail(false);
        return driver;
    }

    /// pgjdbc counts in whole seconds; 0 would mean for ever.
    private static int seconds(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.toSeconds()));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /// Not there, starting, stopping, full of connections, or behind; anything else stays as it is.
    private static boolean mayPass(SQLException e) {
        if (e instanceof SchemaBehindException) {
            return true;
        }
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P0") || state.equals("53300");
    }

    private String advice(SQLException e) {
        String where = "PostgreSQL at " + settings.publicUrl() + ": " + e.getMessage() + ". ";
        if (e instanceof SchemaBehindException) {
            return where
                    + "Waited "
                    + settings.startupWait().toSeconds()
                    + " s for the migrations that this release needs, as"
                    + " signet.database.migrations says. Apply them (docs/operating.md), by a login"
                    + " other than the server's";
        }
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28")) {
            return where + "Check signet.database.username and its password";
        }
        if (state.equals("3D000")) {
            return where + "Create the database, or correct signet.database.url";
        }
        return where
                + "Waited "
                + settings.startupWait().toSeconds()
                + " s. Check that it runs and that signet.database.url names it";
    }

    private static void pause(SQLException cause) {
        try {
            Thread.sleep(RETRY_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            e.addSuppressed(cause);
            throw new IllegalStateException("interrupted while waiting for PostgreSQL", e);
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void make() throws SQLException;
    }

    private static final class SchemaBehindException extends SQLException {
        private static final long serialVersionUID = 1L;

        SchemaBehindException(@Nullable Throwable cause) {
            super("its schema is not yet what this server needs", cause);
        }
    }
}
