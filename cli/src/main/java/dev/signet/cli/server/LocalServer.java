package dev.signet.cli.server;

import dev.signet.ca.CaServer;
import dev.signet.ca.RunningServer;
import dev.signet.ca.StartFailedException;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Progress;
import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresException;
import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A CA in this process, and the embedded PostgreSQL beside it unless another database is given.
/// Thread-safe.
public final class LocalServer implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration FIRST_START_WITHIN = Duration.ofMinutes(5);

    private final RunningServer server;
    private final @Nullable LocalPostgres postgres;
    private final String trustDomain;
    private final PublishedBundle bundle;

    private LocalServer(
            RunningServer server,
            @Nullable LocalPostgres postgres,
            String trustDomain,
            PublishedBundle bundle) {
        this.bundle = bundle;
        this.server = server;
        this.postgres = postgres;
        this.trustDomain = trustDomain;
    }

    /// Starts, and leaves address and trust bundle in the directory.
    ///
    /// @param database null: the embedded PostgreSQL; then the server listens on this machine's own
    ///   address alone unless a setting says otherwise
    /// @param settings of the server, in full, such as `signet.grpc.port`; they win over ours
    /// @throws CommandFailedException when the server does not start
    /// @throws LocalPostgresException when PostgreSQL does not start
    public static LocalServer start(
            DataDirectory directory,
            String trustDomain,
            @Nullable DatabaseOptions database,
            Map<String, String> settings,
            SecureRandom random,
            Progress progress) {
        directory.prepare(random);
        // Lowest in rank: a file of settings, or the environment, says it otherwise.
        Map<String, String> defaults = new LinkedHashMap<>();
        if (database == null) {
            for (String part : List.of("grpc", "http", "admin")) {
                defaults.put("signet." + part + ".address", LOOPBACK);
            }
        }
        Ports.requireFree(settings, database == null ? LOOPBACK : "");
        LocalPostgres postgres =
                database != null
                        ? null
                        : LocalPostgres.start(
                                LocalPostgresSettings.in(directory.postgres()),
                                random,
                                progress::detail);
        try {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("signet.trust-domain", trustDomain);
            all.put(
                    "signet.authority.key-encryption-key.file",
                    directory.keyEncryptionKey().toString());
            all.put("signet.operator.credential-file", directory.operatorCredential().toString());
            if (postgres != null) {
                all.put("signet.database.url", postgres.jdbcUrl());
                all.put("signet.database.username", postgres.user());
                all.put("signet.database.password-file", postgres.passwordFile().toString());
            } else if (database != null) {
                all.putAll(database.settings());
            }
            all.putAll(settings);
            if (postgres != null && postgres.isNew()) {
                // Making a database takes longer than everything else: nothing is won by asking
                // for it again and again meanwhile.
                awaitFirst(postgres);
            }
            progress.detail("starting the server");
            RunningServer server = startBeside(postgres, all, defaults);
            directory.publish("localhost:" + server.grpcPort(), server.trustBundle().pem());
            OptionalInt admin = server.adminPort();
            directory.publishAdmin(admin.isPresent() ? "localhost:" + admin.getAsInt() : null);
            PublishedBundle bundle = PublishedBundle.of(server, directory::publishBundle);
            return new LocalServer(server, postgres, trustDomain, bundle);
        } catch (RuntimeException e) {
            if (postgres != null) {
                postgres.close();
            }
            throw e;
        }
    }

    private static void awaitFirst(LocalPostgres postgres) {
        try {
            postgres.awaitReady(FIRST_START_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("INTERRUPTED", "interrupted");
        }
    }

    /// The server waits for its database by itself, so both start at once. When PostgreSQL fails
    /// there is nothing to wait for.
    private static RunningServer startBeside(
            @Nullable LocalPostgres postgres,
            Map<String, String> settings,
            Map<String, String> defaults) {
        CompletableFuture<RunningServer> server = new CompletableFuture<>();
        Thread.ofPlatform()
                .name("signet-start")
                .daemon()
                .start(() -> {
                    try {
                        server.complete(CaServer.start(settings, defaults));
                    } catch (RuntimeException | Error e) {
                        server.completeExceptionally(e);
                    }
                });
        if (postgres != null) {
            CompletableFuture<Void> _ =
                    postgres.ready()
                            .exceptionally(failure -> {
                                server.completeExceptionally(failure);
                                return null;
                            });
        }
        try {
            return server.join();
        } catch (CompletionException e) {
            throw reason(e.getCause() == null ? e : e.getCause());
        }
    }

    private static RuntimeException reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return switch (cause) {
            case LocalPostgresException postgres -> postgres;
            case StartFailedException start ->
                    new CommandFailedException(
                            ExitCode.FAILED,
                            "NOT_STARTED",
                            "the server does not start: " + start.getMessage(),
                            start);
            case RuntimeException other -> other;
            default -> new IllegalStateException(cause);
        };
    }

    public String trustDomain() {
        return trustDomain;
    }

    /// TCP port of gRPC over TLS.
    public int grpcPort() {
        return server.grpcPort();
    }

    /// TCP port of plain HTTP.
    public int httpPort() {
        return server.httpPort();
    }

    /// TCP port of the admin API; empty where it is not enabled.
    public OptionalInt adminPort() {
        return server.adminPort();
    }

    /// A one-time secret by which the first admin logs in; empty where there is one already.
    public Optional<String> createBootstrapToken() {
        try {
            return server.createBootstrapToken().map(CreatedJoinToken::secret);
        } catch (LedgerUnavailableException _) {
            return Optional.empty(); // the log of the server says that its database is away
        }
    }

    /// The embedded PostgreSQL; null: another database is used.
    public @Nullable LocalPostgres postgres() {
        return postgres;
    }

    /// Answers what was accepted, stops, and stops PostgreSQL last.
    @Override
    public void close() {
        try {
            server.close();
        } finally {
            bundle.close();
            if (postgres != null) {
                postgres.close();
            }
        }
    }
}
