package dev.signet.ca;

import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.Migrations;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

/// A fresh, migrated database in a PostgreSQL that all tests of this JVM share (fsync off): the
/// embedded one, or with `-Dtest.postgresql.port=N` one on localhost that runs for this JVM alone
/// and trusts its superuser `postgres`. Use it as `@RegisterExtension static final TestDatabase
/// DATABASE = TestDatabase.create();`, or close it. Thread-safe.
public final class TestDatabase implements AutoCloseable, AfterAllCallback {

    private static final String OWNER = "postgres";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private TestDatabase(String name) {
        this.name = name;
    }

    public static TestDatabase create() {
        String name = "test_" + COUNT.incrementAndGet();
        administer("CREATE DATABASE " + name + " TEMPLATE " + Server.TEMPLATE);
        return new TestDatabase(name);
    }

    /// An empty database without our schema.
    public static TestDatabase createEmpty() {
        String name = "test_" + COUNT.incrementAndGet();
        Server.start();
        administer("CREATE DATABASE " + name);
        return new TestDatabase(name);
    }

    /// A copy as of now, as a backup is. Whoever is connected is thrown out for a moment.
    public TestDatabase copy() {
        String copy = "test_" + COUNT.incrementAndGet();
        administer("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false");
        try {
            administer(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"
                            + name
                            + "'");
            administer("CREATE DATABASE " + copy + " TEMPLATE " + name);
        } finally {
            administer("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");
        }
        administer("ALTER DATABASE " + copy + " WITH ALLOW_CONNECTIONS true");
        return new TestDatabase(copy);
    }

    public String url() {
        return url(name);
    }

    public String username() {
        return OWNER;
    }

    /// Any will do.
    public String password() {
        return "unused";
    }

    public DatabaseSettings settings() {
        return DatabaseSettings.of(url(), username(), password());
    }

    /// Connections of the owner, not pooled.
    public DataSource ownerDataSource() {
        return dataSource(url(), "");
    }

    /// Connections in the role signet_server, as the server's are; not pooled.
    public DataSource dataSource() {
        return dataSource(url(), "-c role=signet_server");
    }

    /// In the role signet_server.
    public JdbcClient jdbcClient() {
        return JdbcClient.create(dataSource());
    }

    /// As the owner, who may do anything.
    public JdbcClient ownerJdbcClient() {
        return JdbcClient.create(ownerDataSource());
    }

    @Override
    public void close() {
        administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    private static String url(String database) {
        return "jdbc:postgresql://localhost:" + Server.start() + "/" + database;
    }

    private static DataSource dataSource(String url, String options) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser(OWNER);
        dataSource.setConnectTimeout(10);
        dataSource.setSocketTimeout(60);
        if (!options.isEmpty()) {
            dataSource.setOptions(options);
        }
        return dataSource;
    }

    private static void administer(String sql) {
        try (Connection connection = dataSource(url("postgres"), "").getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /// Started when first used, and stopped by zonky's own shutdown hook.
    private static final class Server {
        private static final String TEMPLATE = "signet_template";
        private static final int PORT = make();

        private static int start() {
            return PORT;
        }

        private static int make() {
            try {
                Integer installed = Integer.getInteger("test.postgresql.port");
                int port = installed != null ? installed : embedded();
                String base = "jdbc:postgresql://localhost:" + port + "/";
                try (Connection connection = dataSource(base + "postgres", "").getConnection();
                        var statement = connection.createStatement()) {
                    statement.execute("CREATE DATABASE " + TEMPLATE);
                }
                Migrations.apply(dataSource(base + TEMPLATE, ""));
                return port;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        // Not closed here: the launcher stops it when the JVM ends.
        private static int embedded() throws IOException {
            return EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .start()
                    .getPort();
        }
    }
}
