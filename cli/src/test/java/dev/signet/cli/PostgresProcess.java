package dev.signet.cli;

import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;

/// A durable PostgreSQL (fsync on) as a process of its own, to be stopped and killed. It keeps its
/// port, and comes back by itself when it was killed. For one thread.
public final class PostgresProcess implements AutoCloseable {

    private static final Duration SOON = Duration.ofMinutes(2);

    private final LocalPostgresSettings settings;
    private LocalPostgres postgres;

    private PostgresProcess(LocalPostgresSettings settings, LocalPostgres postgres) {
        this.settings = settings;
        this.postgres = postgres;
    }

    /// Returns when connections are accepted.
    public static PostgresProcess start(Path directory) throws InterruptedException {
        LocalPostgresSettings settings = LocalPostgresSettings.in(directory);
        LocalPostgres postgres = start(settings);
        return new PostgresProcess(settings.withPort(postgres.port()), postgres);
    }

    private static LocalPostgres start(LocalPostgresSettings settings) throws InterruptedException {
        LocalPostgres postgres = LocalPostgres.start(settings, new SecureRandom(), step -> {});
        try {
            postgres.awaitReady(SOON);
            return postgres;
        } catch (RuntimeException | InterruptedException e) {
            postgres.close();
            throw e;
        }
    }

    /// kill -9 of the postmaster, which takes its children along. Returns at once; it comes back.
    public void kill() {
        postgres.processId()
                .ifPresent(id -> ProcessHandle.of(id).ifPresent(ProcessHandle::destroyForcibly));
    }

    /// Fast shutdown; it stays away until [#startAgain].
    public void stop() {
        postgres.close();
    }

    /// On the same port and data.
    public void startAgain() throws InterruptedException {
        postgres = start(settings);
    }

    public String jdbcUrl() {
        return postgres.jdbcUrl();
    }

    public String user() {
        return postgres.user();
    }

    public String password() {
        return postgres.password();
    }

    /// The settings by which a server finds this database.
    public Map<String, String> serverSettings() {
        return Map.of(
                "signet.database.url", jdbcUrl(),
                "signet.database.username", user(),
                "signet.database.password-file", postgres.passwordFile().toString());
    }

    @Override
    public void close() {
        postgres.close();
    }
}
