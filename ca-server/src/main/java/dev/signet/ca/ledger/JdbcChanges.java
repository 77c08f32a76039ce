package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Signals over PostgreSQL's channel `signet`, the payload being the topic, on a connection of its
/// own. While that is away it tries again and again, at most a second apart; once it is back every
/// watcher looks. Thread-safe.
///
/// That LISTEN was accepted proves nothing: behind a connection pooler in transaction mode it is
/// accepted, and signals go to nobody. So a signal is sent on another connection, and only one that
/// came is proof; it is repeated, as what is between may change.
final class JdbcChanges implements Changes, AutoCloseable {

    /// Gives connections in the role signet_server.
    @FunctionalInterface
    interface Source {
        Connection connect() throws SQLException;
    }

    /// Payload of a signal to oneself, the nonce after it; no watcher has such a topic.
    private static final String PROOF = "proof ";

    private static final Logger LOG = LoggerFactory.getLogger(JdbcChanges.class);

    /// After such a silence the connection is asked whether it lives: nobody else would notice that
    /// PostgreSQL's host is gone.
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /// How long a signal may take to come back.
    private static final Duration PROOF_WAIT = Duration.ofSeconds(3);

    private static final Duration PROOF_INTERVAL = Duration.ofSeconds(30);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Source source;
    private final Source signals;
    private final LedgerMetrics metrics;
    private final List<ChangeWatcher> watchers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread listener;
    private volatile @Nullable Connection connection;
    private volatile boolean listening;

    /// Begins at once.
    ///
    /// @param source of the connection that listens
    /// @param signals of connections that signal, others than the first; may be pooled
    JdbcChanges(Source source, Source signals, LedgerMetrics metrics) {
        this.source = source;
        this.signals = signals;
        this.metrics = metrics;
        metrics.gauge(
                "signet.ledger.changes.listening",
                "Whether changes of other replicas are signalled (1) or only polled for (0)",
                () -> listening ? 1 : 0);
        listener = Thread.ofPlatform().daemon().name("ledger-changes").start(this::run);
    }

    @Override
    public void watch(String topic, Runnable look) {
        ChangeWatcher watcher = new ChangeWatcher(topic, look);
        watchers.add(watcher);
        // What changed before it was in the list was not signalled to it.
        watcher.signal();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        boolean lost = false;
        while (!isClosed()) {
            try (Connection opened = source.connect()) {
                connection = opened;
                PGConnection notices = listen(opened);
                sendProof(notices);
                listening = true;
                if (lost) {
                    metrics.changesReconnected();
                    LOG.info("Changes are signalled by PostgreSQL again");
                }
                lost = false;
                pause = FIRST_PAUSE;
                watchers.forEach(ChangeWatcher::signal);
                receive(notices, opened);
            } catch (SQLException | RuntimeException e) {
                listening = false;
                if (!lost && !isClosed()) {
                    lost = true;
                    LOG.warn(
                            "Changes are not signalled by PostgreSQL, but polled for, until it"
                                    + " answers again: {}",
                            e.getMessage());
                }
            } finally {
                connection = null;
                listening = false;
            }
            awaitClose(pause);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    private static PGConnection listen(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute("LISTEN signet");
        }
        return opened.unwrap(PGConnection.class);
    }

    private void receive(PGConnection notices, Connection opened) throws SQLException {
        long proven = System.nanoTime();
        while (!isClosed()) {
            if (!dispatch(notices, SILENCE, "")) {
                try (Statement statement = opened.createStatement()) {
                    statement.execute("SELECT 1");
                }
                // The answer may have come with signals; the next round takes them.
            }
            if (System.nanoTime() - proven >= PROOF_INTERVAL.toNanos()) {
                sendProof(notices);
                proven = System.nanoTime();
            }
        }
    }

    /// Signals to itself and waits until the signal came.
    private void sendProof(PGConnection notices) throws SQLException {
        String proof = PROOF + UUID.randomUUID();
        try (Connection other = signals.connect();
                PreparedStatement statement =
                        other.prepareStatement("SELECT pg_notify('signet', ?)")) {
            statement.setString(1, proof);
            statement.execute();
        }
        long deadline = System.nanoTime() + PROOF_WAIT.toNanos();
        long left = PROOF_WAIT.toNanos();
        while (left > 0 && !isClosed()) {
            if (dispatch(notices, Duration.ofNanos(left), proof)) {
                return;
            }
            left = deadline - System.nanoTime();
        }
        throw new SQLException(
                "no signal came within "
                        + PROOF_WAIT.toSeconds()
                        + " s on a connection that listens; a connection pooler in transaction"
                        + " mode passes none on");
    }

    /// Waits for signals and passes on those that came.
    ///
    /// @param proof to look for; empty: any
    /// @return whether it came
    private boolean dispatch(PGConnection notices, Duration wait, String proof)
            throws SQLException {
        PGNotification[] received =
                notices.getNotifications(Math.toIntExact(Math.max(1, wait.toMillis())));
        if (received == null) {
            return false;
        }
        boolean came = proof.isEmpty() && received.length > 0;
        for (PGNotification notification : received) {
            String topic = notification.getParameter();
            came |= topic.equals(proof);
            signal(topic);
        }
        return came;
    }

    private void signal(String topic) {
        boolean known = false;
        for (ChangeWatcher watcher : watchers) {
            if (watcher.topic().equals(topic)) {
                watcher.signal();
                known = true;
            }
        }
        if (known) {
            metrics.changeSignalled(topic);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void awaitClose(Duration pause) {
        try {
            var _ = closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            // Only an end of this process interrupts; close() is what ends the loop.
        }
    }

    /// Ends the connection, whatever it waits for. Watchers that look now finish by themselves.
    @Override
    public void close() {
        closed.countDown();
        Connection current = connection;
        if (current != null) {
            try {
                current.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The connection for changes was gone already", e);
            }
        }
        try {
            listener.join(Duration.ofSeconds(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
