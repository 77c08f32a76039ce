package dev.signet.cli.postgres;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A PostgreSQL that runs as a child of this process, on 127.0.0.1, on a data directory that stays.
///
/// What was committed survives any crash of either process (fsync on). One that ends by itself is
/// started again on the same port. It is stopped by [#close], and by the system when this process
/// dies; where that fails, the next start on the same directory ends it first. Thread-safe.
public final class LocalPostgres implements AutoCloseable {

    static final String USER = "signet";
    static final String DATABASE = "postgres";

    /// The line of postmaster.pid that has the port, counted from 1.
    private static final int PID_FILE_PORT = 4;

    private final Cluster cluster;
    private final ClusterLock lock;
    private final int port;
    private final String password;
    private final Postmaster postmaster;
    private final boolean isNew;

    private LocalPostgres(
            Cluster cluster,
            ClusterLock lock,
            int port,
            String password,
            Postmaster postmaster,
            boolean isNew) {
        this.cluster = cluster;
        this.lock = lock;
        this.port = port;
        this.password = password;
        this.postmaster = postmaster;
        this.isNew = isNew;
    }

    /// Begins to start and returns at once: address and password are known before the server is
    /// there, so that other things can start meanwhile. Follow it by [#awaitReady].
    ///
    /// @param random for the password, at the first start
    /// @param step told what takes its time, in a few words, from another thread
    /// @throws LocalPostgresException when the directory is in use or cannot be written, or there
    ///   is no PostgreSQL for this machine
    public static LocalPostgres start(
            LocalPostgresSettings settings, SecureRandom random, Consumer<String> step) {
        return start(settings, random, step, Account::detect);
    }

    static LocalPostgres start(
            LocalPostgresSettings settings,
            SecureRandom random,
            Consumer<String> step,
            Supplier<Account> accounts) {
        PostgresArchive archive = PostgresArchive.find();
        try {
            Directories.createPrivate(settings.directory());
            Cluster cluster = new Cluster(settings.directory().toRealPath());
            ClusterLock lock = ClusterLock.take(cluster.lockFile());
            try {
                int port = settings.port() == 0 ? freePort() : settings.port();
                boolean isNew = !cluster.exists();
                String password = cluster.password(random);
                Postmaster postmaster =
                        new Postmaster(cluster, settings, archive, port, step, accounts);
                postmaster.start();
                return new LocalPostgres(cluster, lock, port, password, postmaster, isNew);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LocalPostgresException(
                    "cannot use " + settings.directory() + " for PostgreSQL: " + e, e);
        }
    }

    /// How to reach a PostgreSQL that another process runs on this directory.
    ///
    /// @param port TCP port on 127.0.0.1
    /// @param passwordFile holds the password and nothing else
    public record Running(int port, Path passwordFile) {

        /// The server's settings for it.
        public Map<String, String> settings() {
            return Map.of(
                    "signet.database.url",
                    "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE,
                    "signet.database.username",
                    USER,
                    "signet.database.password-file",
                    passwordFile.toString());
        }
    }

    /// The one that another process runs on this directory now; empty: none does.
    public static Optional<Running> running(LocalPostgresSettings settings) {
        try {
            Cluster cluster = new Cluster(settings.directory().toRealPath());
            List<String> lines = cluster.pidLines();
            if (lines.size() < PID_FILE_PORT || cluster.processes().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Running(
                            Integer.parseInt(lines.get(PID_FILE_PORT - 1).strip()),
                            cluster.passwordFile()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Waits until connections are accepted.
    ///
    /// @throws LocalPostgresException when it does not start, or not in time; with its own words
    public void awaitReady(Duration atMost) throws InterruptedException {
        try {
            postmaster.ready().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            String message = e.getCause() == null ? null : e.getCause().getMessage();
            throw new LocalPostgresException(
                    message == null ? "PostgreSQL does not start" : message, e.getCause());
        } catch (TimeoutException e) {
            throw new LocalPostgresException(
                    "PostgreSQL is not ready after "
                            + atMost.toSeconds()
                            + " s: see "
                            + cluster.log(),
                    e);
        }
    }

    /// Completes when connections are accepted for the first time; with [LocalPostgresException]
    /// when that fails.
    public CompletableFuture<Void> ready() {
        return postmaster.ready().copy();
    }

    /// Whether this start has to make the data directory first.
    public boolean isNew() {
        return isNew;
    }

    /// TCP port on 127.0.0.1.
    public int port() {
        return port;
    }

    /// Without user and password.
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    /// Owner of everything in the database; no superuser.
    public String user() {
        return USER;
    }

    /// A secret.
    public String password() {
        return password;
    }

    /// Holds the password and nothing else; mode 0600.
    public Path passwordFile() {
        return cluster.passwordFile();
    }

    /// Process id of the running postmaster; empty while there is none.
    public OptionalLong processId() {
        return postmaster.processId();
    }

    /// Rolls back what is under way, writes a checkpoint, stops, and frees the directory.
    @Override
    public void close() {
        postmaster.stop();
        try {
            lock.close();
        } catch (IOException e) {
            throw new LocalPostgresException("cannot free " + cluster.lockFile(), e);
        }
    }

    /// A child that sees nothing of our environment that could change what it does.
    static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        builder.directory(new File("/"));
        return builder;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
