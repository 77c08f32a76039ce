package dev.signet.ca.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

/// PostgreSQL as this server uses it: every connection has its timeouts, its role and
/// synchronous_commit set, and a session of its own. Thread-safe.
final class JdbcDatabase {

    static final int OLDEST_VERSION = 14;

    /// Of the connections that apply migrations: who waits behind them is found by it.
    static final String MIGRATING = "signet migrations";

    private static final Duration MIGRATION_TIMEOUT = Duration.ofMinutes(10);

    /// How long a writer, and everybody behind it, waits for a row of another transaction. Longer
    /// than the lock_timeout of ledger.drop_expired_partitions, which all inserts wait for.
    private static final Duration WRITER_LOCK_TIMEOUT = Duration.ofSeconds(1);

    /// An error where a pooled connection is not what it was made to be, or its server takes no
    /// writes any more: it is closed then, and another one made.
    private static final String STILL_GOOD =
            """
            SELECT CASE
                WHEN current_user = 'signet_server'
                    AND current_setting('transaction_read_only') = 'off'
                    AND NOT pg_is_in_recovery()
                THEN 1
                -- Fails with this text.
                ELSE ('session is read-only, or not in the role signet_server: ' || current_user)::integer
            END
            """;

    private final DatabaseSettings settings;

    JdbcDatabase(DatabaseSettings settings) {
        this.settings = settings;
    }

    /// As [JdbcSchema#prepare()].
    void prepare() {
        new JdbcSchema(this, settings).prepare();
    }

    /// As [JdbcSchema#applyMigrations()].
    void applyMigrations() {
        new JdbcSchema(this, settings).applyMigrations();
    }

    /// Connections in the role signet_server to a server that is no standby. One that was idle is
    /// examined before it is handed out.
    HikariDataSource pool() {
        HikariConfig config = poolConfig();
        config.setConnectionTestQuery(STILL_GOOD);
        config.setDataSource(
                new AbstractDataSource() {
                    @Override
                    public Connection getConnection() throws SQLException {
                        return primary(lookUps());
                    }

                    @Override
                    public Connection getConnection(String username, String password)
                            throws SQLException {
                        return getConnection();
                    }
                });
        return new HikariDataSource(config);
    }

    /// The same for a program that only reads: of a standby, too.
    HikariDataSource readers() {
        HikariConfig config = poolConfig();
        config.setDataSource(lookUps());
        config.setConnectionInitSql(sessionSql());
        return new HikariDataSource(config);
    }

    private HikariConfig poolConfig() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("signet");
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        return config;
    }

    private PGSimpleDataSource lookUps() {
        PGSimpleDataSource driver = serverLogin();
        // Planned anew each time: a plan for any period would be one for the whole ledger.
        driver.setPrepareThreshold(0);
        return driver;
    }

    /// A session for a ledger writer.
    JdbcSession.Source sessions(String replica) {
        PGSimpleDataSource driver = serverLogin();
        // The few statements of a writer run for as long as its connection lives.
        driver.setPrepareThreshold(1);
        String sql =
                sessionSql()
                        + "; SET plan_cache_mode = force_generic_plan; SET lock_timeout = "
                        + WRITER_LOCK_TIMEOUT.toMillis();
        return () -> {
            // The session says itself that its server is a standby.
            Connection connection = open(driver, sql).connection;
            try {
                return new JdbcSession(connection, replica);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        };
    }

    /// A connection in the role signet_server that is nobody else's.
    Connection server() throws SQLException {
        return primary(serverLogin());
    }

    /// A connection in the role signet_maintenance.
    Connection maintenance() throws SQLException {
        return open(
                        driver(settings.migrationLogin(), MIGRATION_TIMEOUT),
                        "SET ROLE signet_maintenance; SET statement_timeout = '5min'")
                .connection;
    }

    /// Connections of the login that owns the schema, as they come.
    DataSource owner() {
        PGSimpleDataSource driver = driver(settings.migrationLogin(), MIGRATION_TIMEOUT);
        driver.setApplicationName(MIGRATING);
        return driver;
    }

    /// Connections of the server's login, as they come.
    PGSimpleDataSource serverLogin() {
        return driver(settings.serverLogin(), settings.socketTimeout());
    }

    private record Opened(Connection connection, boolean standby) {}

    private Connection primary(PGSimpleDataSource driver) throws SQLException {
        Opened opened = open(driver, sessionSql());
        if (opened.standby) {
            opened.connection.close();
            throw JdbcProblem.standby();
        }
        return opened.connection;
    }

    private static Opened open(PGSimpleDataSource driver, String sql) throws SQLException {
        Connection connection = driver.getConnection();
        try (Statement statement = connection.createStatement()) {
            boolean rows =
                    statement.execute(sql + "; SELECT pg_backend_pid(), pg_is_in_recovery()");
            while (!rows && statement.getUpdateCount() >= 0) {
                rows = statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                int process = row.getInt(1);
                boolean standby = row.getBoolean(2);
                JdbcSessionProbe.proveUnlessDirect(connection, process, driver::getConnection);
                return new Opened(connection, standby);
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
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
}
