package dev.signet.ca.ledger;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfoService;

import java.util.Arrays;

import javax.sql.DataSource;

/// The database schema's history (db/migrations). Stateless.
public final class Migrations {

    /// Schema of the table that says which migrations were applied.
    private static final String HISTORY_SCHEMA = "signet";

    /// While a migration waits for a table, everybody else waits behind it: it gives up first, and
    /// is tried again.
    private static final String BOUNDED_LOCK_WAIT = "SET lock_timeout = '8s'";

    private Migrations() {}

    /// Applies what was not applied yet; safe when several servers call at once.
    ///
    /// @param owner gives connections of the login that owns the schema
    /// @throws org.flywaydb.core.api.FlywayException when a migration failed, or one that was
    ///   applied is not the one at hand: an edited file
    public static void apply(DataSource owner) {
        flyway(owner).migrate();
    }

    /// Applies them without a server, within `signet.database.startup-wait` for PostgreSQL to
    /// answer.
    ///
    /// @throws IllegalStateException when PostgreSQL stays away, refuses the login, is too old, or
    ///   a migration fails; the message says what to do
    public static void apply(DatabaseSettings settings) {
        new JdbcDatabase(settings).applyMigrations();
    }

    /// Whether all that this server knows of were applied. Reads only.
    ///
    /// @throws org.flywaydb.core.api.FlywayException when the history cannot be read
    static boolean applied(DataSource server) {
        MigrationInfoService history = flyway(server).info();
        return history.pending().length == 0
                && Arrays.stream(history.applied()).noneMatch(each -> each.getState().isFailed());
    }

    private static Flyway flyway(DataSource dataSource) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(dataSource)
                .locations("classpath:dev/signet/migrations")
                .failOnMissingLocations(true)
                .defaultSchema(HISTORY_SCHEMA)
                .createSchemas(true)
                .initSql(BOUNDED_LOCK_WAIT)
                // A release only adds to the schema: the one before runs on it, too (rollback).
                .ignoreMigrationPatterns("*:future")
                .load();
    }
}
