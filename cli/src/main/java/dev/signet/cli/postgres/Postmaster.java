package dev.signet.cli.postgres;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The `postgres` process and the thread that forks it, watches it and starts it again.
///
/// One platform thread does all that, and lives until the process has ended: the signal that a
/// child asks for at its parent's death comes at the death of the thread that forked it.
final class Postmaster {

    private static final Duration START_WITHIN = Duration.ofMinutes(5);
    private static final Duration FAST_STOP_WITHIN = Duration.ofSeconds(30);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Path SHARED_CACHE = Path.of("/var/cache/signet");
    private static final Duration RESTART_PAUSE = Duration.ofMillis(200);

    private final Cluster cluster;
    private final LocalPostgresSettings settings;
    private final PostgresArchive archive;
    private final int port;
    private final Consumer<String> step;
    private final Supplier<Account> accounts;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread thread;
    private final Object monitor = new Object();
    private boolean stopping;
    private @Nullable Process process;

    Postmaster(
            Cluster cluster,
            LocalPostgresSettings settings,
            PostgresArchive archive,
            int port,
            Consumer<String> step,
            Supplier<Account> accounts) {
        this.cluster = cluster;
        this.settings = settings;
        this.archive = archive;
        this.port = port;
        this.step = step;
        this.accounts = accounts;
        this.thread = Thread.ofPlatform().name("postgres").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    CompletableFuture<Void> ready() {
        return ready;
    }

    OptionalLong processId() {
        synchronized (monitor) {
            return process != null && process.isAlive()
                    ? OptionalLong.of(process.pid())
                    : OptionalLong.empty();
        }
    }

    /// Returns when the process and the thread have ended.
    void stop() {
        synchronized (monitor) {
            stopping = true;
            monitor.notifyAll();
        }
        signalUntilEnded(Signals::interrupt, FAST_STOP_WITHIN);
        signalUntilEnded(Signals::quit, STOP_WITHIN);
        Process left = current();
        if (left != null) {
            left.destroyForcibly();
        }
        join(STOP_WITHIN);
    }

    private void signalUntilEnded(java.util.function.LongConsumer signal, Duration within) {
        // While the data directory is being made there is no process to tell; the thread sees
        // that we stop as soon as it is made.
        Process running = current();
        if (running != null && running.isAlive()) {
            signal.accept(running.pid());
        }
        join(within);
    }

    private void join(Duration within) {
        try {
            thread.join(within);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Process current() {
        synchronized (monitor) {
            return process;
        }
    }

    private void run() {
        try {
            Account account = accounts.get();
            PostgresBinaries binaries = binaries(account);
            prepare(binaries, account);
            Leftovers.clear(cluster);
            confine(binaries, account);
            List<String> command = command(binaries, account);
            launch(command);
            ready.complete(null);
            while (endedByItself()) {
                Leftovers.clear(cluster);
                relaunch(command);
            }
        } catch (IOException | RuntimeException e) {
            ready.completeExceptionally(
                    e instanceof LocalPostgresException
                            ? e
                            : new LocalPostgresException("PostgreSQL does not start: " + e, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ready.completeExceptionally(new LocalPostgresException("interrupted", e));
        }
    }

    private void prepare(PostgresBinaries binaries, Account account)
            throws IOException, InterruptedException {
        cluster.handOver(account);
        if (!cluster.exists()) {
            step.accept("making a database");
            cluster.initialise(binaries, account);
        }
        cluster.turnLogOver();
    }

    private List<String> command(PostgresBinaries binaries, Account account) {
        List<String> words = new ArrayList<>();
        words.add(binaries.postgres().toString());
        words.add("-D");
        words.add(cluster.data().toString());
        settings.allParameters(port).forEach((name, value) -> words.add("--" + name + "=" + value));
        return account.command(words);
    }

    private PostgresBinaries binaries(Account account) {
        PostgresBinaries binaries = unpack(settings.cache());
        if (account.reaches(binaries.postgres())) {
            return binaries;
        }
        // Root's own cache is closed to the user that PostgreSQL runs as.
        return unpack(SHARED_CACHE);
    }

    private PostgresBinaries unpack(Path cache) {
        return PostgresBinaries.unpack(archive, cache, () -> step.accept("unpacking PostgreSQL"));
    }

    /// Before the first connection: the server's login gets what it needs and loses the rest.
    private void confine(PostgresBinaries binaries, Account account)
            throws IOException, InterruptedException {
        long logBefore = cluster.logSize();
        Process confining =
                fork(
                        account.command(
                                OwnerLogin.command(
                                        binaries, cluster.data(), LocalPostgres.DATABASE)),
                        ProcessBuilder.Redirect.DISCARD);
        if (confining == null) {
            return;
        }
        boolean read = true;
        try (OutputStream script = confining.getOutputStream()) {
            script.write(OwnerLogin.script());
        } catch (IOException e) {
            read = false; // it has ended before; the log says why
        }
        if ((confining.waitFor() != 0 || !read) && !isStopping()) {
            throw doesNotStart(logBefore);
        }
    }

    /// Null: we are to stop.
    private @Nullable Process fork(List<String> command, ProcessBuilder.Redirect output)
            throws IOException {
        synchronized (monitor) {
            if (stopping) {
                return null;
            }
            Process forked =
                    LocalPostgres.process(command)
                            .redirectOutput(output)
                            .redirectError(ProcessBuilder.Redirect.appendTo(cluster.log().toFile()))
                            .start();
            process = forked;
            return forked;
        }
    }

    private LocalPostgresException doesNotStart(long logBefore) throws IOException {
        return new LocalPostgresException(
                "PostgreSQL does not start; it says:\n"
                        + cluster.logSince(logBefore)
                        + "\n(log: "
                        + cluster.log()
                        + ")");
    }

    /// Forks, and returns when connections are accepted or when we are to stop.
    private void launch(List<String> command) throws IOException, InterruptedException {
        long logBefore = cluster.logSize();
        Process launched = fork(command, ProcessBuilder.Redirect.appendTo(cluster.log().toFile()));
        if (launched == null) {
            return;
        }
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (!isReady(launched)) {
            boolean ended = launched.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (ended && !isStopping()) {
                throw doesNotStart(logBefore);
            }
            if (ended) {
                return;
            }
            if (System.nanoTime() > deadline) {
                launched.destroyForcibly();
                throw new LocalPostgresException(
                        "PostgreSQL does not get ready: see " + cluster.log());
            }
        }
    }

    /// Tries until it runs again: whoever uses the database sees it away, and reconnects.
    private void relaunch(List<String> command) throws IOException, InterruptedException {
        while (!isStopping()) {
            try {
                launch(command);
                return;
            } catch (LocalPostgresException e) {
                step.accept("PostgreSQL ended and does not start again; see " + cluster.log());
                pause();
            }
        }
    }

    private void pause() throws InterruptedException {
        synchronized (monitor) {
            long deadline = System.nanoTime() + RESTART_PAUSE.toNanos();
            long left;
            while (!stopping && (left = deadline - System.nanoTime()) > 0) {
                TimeUnit.NANOSECONDS.timedWait(monitor, left);
            }
        }
    }

    private boolean endedByItself() throws InterruptedException {
        Process running = current();
        if (running == null) {
            return false;
        }
        running.waitFor();
        return !isStopping();
    }

    private boolean isStopping() {
        synchronized (monitor) {
            return stopping;
        }
    }

    private boolean isReady(Process launched) throws IOException {
        List<String> lines = cluster.pidLines();
        return lines.size() >= 8
                && lines.get(0).strip().equals(String.valueOf(launched.pid()))
                && lines.get(7).strip().equals("ready");
    }
}
