package dev.signet.ca.ledger;

import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

import javax.sql.DataSource;

/// What is done once at start: waits for PostgreSQL, makes sure that this server can use it, and
/// brings the schema up to date. Thread-safe.
final class JdbcSchema {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcSchema.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
    private static final Duration LOCK_REMINDER = Duration.ofSeconds(5);

    /// Held while migrations are applied: PostgreSQL cannot create the same schema twice at once,
    /// and Flyway creates its own before it takes its lock. Held by a transaction: the end of its
    /// connection ends it behind a pooler, too.
    static final long MIGRATION_LOCK = 5131471623550304341L;

    private static final String UNLIMITED_TRANSACTION =
            """
            SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings
            WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
            """;

    private final JdbcDatabase database;
    private final DatabaseSettings settings;

    JdbcSchema(JdbcDatabase database, DatabaseSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /// Waits for PostgreSQL within the configured bound and brings the schema up to date, or waits
    /// until somebody else has, as `signet.database.migrations` says.
    ///
    /// @throws IllegalStateException when it stays away, takes no writes, refuses the login, does
    ///   not keep sessions, is too old, a migration fails, or the schema stays behind; the message
    ///   says what to do
    void prepare() {
        switch (settings.migrations()) {
            case APPLY -> applyMigrations();
            case AWAIT -> {}
        }
        withinStartupWait(_ -> requireServerLogin());
    }

    /// As [#prepare()], and never waits for somebody else to do it.
    void applyMigrations() {
        withinStartupWait(this::migrate);
    }

    @FunctionalInterface
    private interface Attempt {
        /// @param deadline of the startup wait, as of `System.nanoTime()`
        void make(long deadline) throws SQLException;
    }

    private void withinStartupWait(Attempt attempt) {
        long deadline = System.nanoTime() + settings.startupWait().toNanos();
        while (true) {
            try {
                attempt.make(deadline);
                return;
            } catch (SQLException e) {
                if (!mayPass(e) || System.nanoTime() - deadline >= 0) {
                    throw new IllegalStateException(advice(e), e);
                }
                LOG.warn(
                        "PostgreSQL at {} cannot be used yet ({}); trying again for {} s at most",
                        settings.publicUrl(),
                        e.getMessage(),
                        settings.startupWait().toSeconds());
                pause(e);
            }
        }
    }

    private void migrate(long deadline) throws SQLException {
        DataSource owner = database.owner();
        try (Connection connection = owner.getConnection()) {
            JdbcSessionProbe.prove(connection, owner::getConnection);
            examine(connection);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(UNLIMITED_TRANSACTION);
            }
            awaitLock(connection, deadline);
            try (JdbcMigrationWatch _ = new JdbcMigrationWatch(owner, settings.publicUrl())) {
                Migrations.apply(owner);
            } catch (FlywayException e) {
                Optional<SQLException> lockTimeout = lockTimeout(e);
                if (lockTimeout.isPresent()) {
                    throw lockTimeout.get();
                }
                throw new IllegalStateException(
                        "The database schema at "
                                + settings.publicUrl()
                                + " was not brought up to date: "
                                + e.getMessage(),
                        e);
            }
            connection.rollback();
        }
    }

    /// Another program's migrations may take long: it is asked again and again, so that the log
    /// tells of it.
    private void awaitLock(Connection connection, long deadline) throws SQLException {
        long begin = System.nanoTime();
        long reminder = begin;
        while (!tryLock(connection)) {
            long now = System.nanoTime();
            if (now - deadline >= 0) {
                throw new MigrationLockHeldException(
                        JdbcLockHolders.ofAdvisoryLock(connection, MIGRATION_LOCK));
            }
            if (now - reminder >= 0) {
                reminder = now + LOCK_REMINDER.toNanos();
                LOG.info(
                        "Waiting for another program to bring the schema at {} up to date ({} s of"
                                + " at most {} s): its lock is held by {}",
                        settings.publicUrl(),
                        Duration.ofNanos(now - begin).toSeconds(),
                        settings.startupWait().toSeconds(),
                        JdbcLockHolders.ofAdvisoryLock(connection, MIGRATION_LOCK));
            }
            pause(null);
        }
    }

    private static boolean tryLock(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?)")) {
            statement.setLong(1, MIGRATION_LOCK);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /// A table that a migration changes is in use for longer than it may be kept from its users.
    private static Optional<SQLException> lockTimeout(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && JdbcProblem.LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private void requireServerLogin() throws SQLException {
        DataSource login = database.serverLogin();
        // Before Flyway: what is wrong with address or login is told by its own words.
        try (Connection connection = login.getConnection()) {
            JdbcSessionProbe.prove(connection, login::getConnection);
            if (settings.migrations() == DatabaseSettings.Migrating.AWAIT) {
                requireMigrations(login);
                examine(connection);
            }
        }
    }

    private static void requireMigrations(DataSource login) throws SQLException {
        boolean applied;
        try {
            applied = Migrations.applied(login);
        } catch (FlywayException e) {
            throw new SchemaBehindException(e);
        }
        if (!applied) {
            throw new SchemaBehindException(null);
        }
    }

    private void examine(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < JdbcDatabase.OLDEST_VERSION) {
            throw new IllegalStateException(
                    "PostgreSQL at "
                            + settings.publicUrl()
                            + " is version "
                            + version
                            + " (expected: "
                            + JdbcDatabase.OLDEST_VERSION
                            + " or later); upgrade it");
        }
        // On for a standby, too.
        if ("on".equals(show(connection, "transaction_read_only"))) {
            throw new SQLException("it takes no writes", JdbcProblem.READ_ONLY);
        }
        if ("off".equals(show(connection, "fsync"))) {
            LOG.warn(
                    "PostgreSQL at {} runs with fsync off: a crash of its host loses"
                            + " certificates that clients hold. Set fsync = on",
                    settings.publicUrl());
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /// Not there, starting, stopping, full of connections, read-only, locked, or behind; anything
    /// else stays as it is.
    private static boolean mayPass(SQLException e) {
        if (e instanceof SchemaBehindException || e instanceof MigrationLockHeldException) {
            return true;
        }
        String state = String.valueOf(e.getSQLState());
        return (state.startsWith("08") && !isPoolerRefusal(e))
                || state.startsWith("57P0")
                || state.equals("53300")
                || state.equals(JdbcProblem.READ_ONLY)
                || state.equals(JdbcProblem.LOCK_NOT_AVAILABLE);
    }

    /// PgBouncer gives nearly every refusal the same SQLSTATE, and says it in English.
    private static boolean isPoolerRefusal(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("unsupported startup parameter")
                || message.contains("statement pooling mode");
    }

    private String advice(SQLException e) {
        String where = "PostgreSQL at " + settings.publicUrl() + ": " + e.getMessage() + ". ";
        String waited = "Waited " + settings.startupWait().toSeconds() + " s";
        if (e instanceof SchemaBehindException) {
            return where
                    + waited
                    + " for the migrations that this release needs, as"
                    + " signet.database.migrations says. Apply them (docs/operating.md), by a login"
                    + " other than the server's";
        }
        if (e instanceof MigrationLockHeldException) {
            return where
                    + waited
                    + ". Let it finish, with a longer signet.database.startup-wait where its"
                    + " migrations take longer; where it is left over, end it with"
                    + " pg_terminate_backend";
        }
        String state = String.valueOf(e.getSQLState());
        if (state.equals(JdbcProblem.SESSION_NOT_KEPT)
                || String.valueOf(e.getMessage()).contains("statement pooling mode")) {
            return where
                    + "Signet needs sessions of its own: name PostgreSQL itself in"
                    + " signet.database.url, or set the pooler to session pooling for this database"
                    + " (PgBouncer: pool_mode = session; docs/configuration.md)";
        }
        if (isPoolerRefusal(e)) {
            return where
                    + "A connection pooler refuses what PostgreSQL takes (PgBouncer:"
                    + " ignore_startup_parameters = extra_float_digits; docs/configuration.md)";
        }
        if (JdbcProblem.of(e) == LedgerProblem.LEDGER_READ_ONLY) {
            return where
                    + waited
                    + ". It is a standby, or default_transaction_read_only is on. Name the primary"
                    + " in signet.database.url, or all hosts and targetServerType=primary"
                    + " (docs/operating.md)";
        }
        if (state.equals(JdbcProblem.LOCK_NOT_AVAILABLE)) {
            return where
                    + waited
                    + " for a table that a migration changes; end the transaction that uses it"
                    + " (the log names it)";
        }
        if (state.startsWith("28")) {
            return where + "Check signet.database.username and its password";
        }
        if (state.equals("3D000")) {
            return where + "Create the database, or correct signet.database.url";
        }
        return where + waited + ". Check that it runs and that signet.database.url names it";
    }

    private static void pause(@Nullable SQLException cause) {
        try {
            Thread.sleep(RETRY_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (cause != null) {
                e.addSuppressed(cause);
            }
            throw new IllegalStateException("interrupted while waiting for PostgreSQL", e);
        }
    }

    private static final class SchemaBehindException extends SQLException {
        private static final long serialVersionUID = 1L;

        SchemaBehindException(@Nullable Throwable cause) {
            super("its schema is not yet what this server needs", cause);
        }
    }

    private static final class MigrationLockHeldException extends SQLException {
        private static final long serialVersionUID = 1L;

        MigrationLockHeldException(String holder) {
            super("another program is bringing its schema up to date: " + holder);
        }
    }
}
