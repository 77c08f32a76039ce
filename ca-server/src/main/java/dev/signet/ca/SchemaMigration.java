package dev.signet.ca;

import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.Migrations;

import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import java.util.List;

/// Applies the database migrations and ends: for installations whose servers do not own the schema
/// (`signet.database.migrations: await`). Of the settings it reads `signet.database` alone, so that
/// it needs no other secret than the owner's password.
public final class SchemaMigration {

    private SchemaMigration() {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(DatabaseOnly.class)
    static class DatabaseConfiguration {}

    /// @param database as the server has it
    @ConfigurationProperties("signet")
    record DatabaseOnly(@DefaultValue DatabaseSettings database) {}

    /// Exit code 1: not migrated, and the log says why. Safe beside others of its kind and beside
    /// servers of this release and of the one before.
    ///
    /// @param arguments settings, as [CaServer] takes them
    public static void main(String[] arguments) {
        try {
            apply(List.of(arguments));
        } catch (StartFailedException | IllegalStateException e) {
            LoggerFactory.getLogger(SchemaMigration.class)
                    .error("not migrated: {}", e.getMessage());
            System.exit(1);
        }
    }

    /// @throws StartFailedException when the settings are wrong
    /// @throws IllegalStateException when PostgreSQL stays away or a migration fails
    static void apply(List<String> arguments) {
        try (ConfigurableApplicationContext context =
                SettingsContext.of(DatabaseConfiguration.class, arguments)) {
            DatabaseSettings database = context.getBean(DatabaseOnly.class).database();
            Migrations.apply(database);
            LoggerFactory.getLogger(SchemaMigration.class)
                    .info("the database schema is up to date");
        }
    }
}
