package dev.signet.ca.ledger;

import org.flywaydb.core.Flyway;

import javax.sql.DataSource;

/// The database schema's history (db/migrations). Stateless.
public final class Migrations {

    /// Schema of the table that says which migrations were applied.
    private static final String HISTORY_SCHEMA = "signet";

    private Migrations() {}

    /// Applies what was not applied yet; safe when several servers call at once.
    ///
    /// @param owner gives connections of the login that owns the schema
    /// @throws org.flywaydb.core.api.FlywayException when a migration failed, or one that was
    ///   applied is not the one at hand: a server older than its database, or an edited file
    public static void apply(DataSource owner) {
        Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(owner)
                .locations("classpath:dev/signet/migrations")
                .failOnMissingLocations(true)
                .defaultSchema(HISTORY_SCHEMA)
                .createSchemas(true)
                .load()
                .migrate();
    }
}
