package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Where PostgreSQL is and how long to wait for it: `signet.database.*`. Immutable; `toString`
/// shows no password.
///
/// @param url `jdbc:postgresql://host:port/database`, with any pgjdbc parameter but the ones below
/// @param username login of the server, a member of signet_server; empty: the URL's
/// @param password of that login; empty: none, or in the file
/// @param passwordFile file whose first line is the password; read at start
/// @param migrationUsername login that owns the schema and applies migrations; empty: the same
///   login. Where somebody else migrates: the login of retention, a member of signet_maintenance
/// @param migrationPassword of that login
/// @param migrationPasswordFile file whose first line is that password
/// @param migrations who applies migrations: this server at its start, or somebody else, whom it
///   waits for as long as startupWait
/// @param poolSize connections for look-ups, 1 to 100; the ledger's writers have their own beside
/// @param connectTimeout for a new connection, 1 s to 1 min
/// @param statementTimeout for one statement, enforced by PostgreSQL, 100 ms to 1 min
/// @param socketTimeout for one answer, whole seconds, longer than statementTimeout, at most 2 min:
///   what ends a wait for a host that is gone
/// @param startupWait how long to wait for PostgreSQL at start, at most 1 h
public record DatabaseSettings(
        String url,
        @DefaultValue("") String username,
        @DefaultValue("") String password,
        @Nullable Path passwordFile,
        @DefaultValue("") String migrationUsername,
        @DefaultValue("") String migrationPassword,
        @Nullable Path migrationPasswordFile,
        @DefaultValue("APPLY") Migrating migrations,
        @DefaultValue("8") int poolSize,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("3s") Duration statementTimeout,
        @DefaultValue("5s") Duration socketTimeout,
        @DefaultValue("30s") Duration startupWait) {

    /// @throws IllegalArgumentException when a value is out of its bounds; the message names it
    @SuppressWarnings("ConstantValue") // the binder passes null for what is not set
    public DatabaseSettings {
        if (url == null || !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "signet.database.url: "
                            + (url == null ? "not set" : "not a PostgreSQL URL")
                            + " (expected: jdbc:postgresql://host:port/database)");
        }
        if (!password.isEmpty() && passwordFile != null) {
            throw new IllegalArgumentException(
                    "signet.database: both password and password-file are set (expected: one)");
        }
        if (!migrationPassword.isEmpty() && migrationPasswordFile != null) {
            throw new IllegalArgumentException(
                    "signet.database: both migration-password and migration-password-file are set"
                            + " (expected: one)");
        }
        Bounds.check("signet.database.pool-size", poolSize, 1, 100);
        Bounds.check(
                "signet.database.connect-timeout",
                connectTimeout,
                Duration.ofSeconds(1),
                Duration.ofMinutes(1));
        Bounds.check(
                "signet.database.statement-timeout",
                statementTimeout,
                Duration.ofMillis(100),
                Duration.ofMinutes(1));
        Bounds.check(
                "signet.database.socket-timeout",
                socketTimeout,
                statementTimeout.plusMillis(1),
                Duration.ofMinutes(2));
        Bounds.check(
                "signet.database.startup-wait", startupWait, Duration.ZERO, Duration.ofHours(1));
    }

    /// What a server does about migrations when it starts.
    public enum Migrating {
        /// Applies them by the migration login.
        APPLY,
        /// Waits until they have been applied; its login needs to own nothing.
        AWAIT
    }

    /// Everything else by default.
    public static DatabaseSettings of(String url, String username, String password) {
        return new DatabaseSettings(
                url,
                username,
                password,
                null,
                "",
                "",
                null,
                Migrating.APPLY,
                8,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }

    /// The same with another wait at start.
    DatabaseSettings withStartupWait(Duration wait) {
        return new DatabaseSettings(
                url,
                username,
                password,
                passwordFile,
                migrationUsername,
                migrationPassword,
                migrationPasswordFile,
                migrations,
                poolSize,
                connectTimeout,
                statementTimeout,
                socketTimeout,
                wait);
    }

    Login serverLogin() {
        return new Login(username, secret(password, passwordFile));
    }

    Login migrationLogin() {
        return migrationUsername.isEmpty()
                ? serverLogin()
                : new Login(migrationUsername, secret(migrationPassword, migrationPasswordFile));
    }

    /// The URL without its parameters, which may hold a password.
    String publicUrl() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    private static String secret(String value, @Nullable Path file) {
        if (file == null) {
            return value;
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() ->
                            new IllegalArgumentException("password file " + file + " is empty"));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "password file " + file + " cannot be read: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "DatabaseSettings[url=" + publicUrl() + ", username=" + username + "]";
    }

    /// A login of PostgreSQL. Holds a secret.
    static final class Login {
        private final String username;
        private final String password;

        Login(String username, String password) {
            this.username = username;
            this.password = password;
        }

        String username() {
            return username;
        }

        String password() {
            return password;
        }

        @Override
        public String toString() {
            return "Login[" + username + "]";
        }
    }
}
