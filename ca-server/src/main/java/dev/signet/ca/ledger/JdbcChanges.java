package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Signals over PostgreSQL's channel `signet`, the payload being the topic, on a connection of its
/// own. While that is away it tries again and again, at most a second apart; once it is back every
/// watcher looks. Thread-safe.
final class JdbcChanges implements Changes, AutoCloseable {

    /// Gives connections in the role signet_server.
    interface Source {
        Connection connect() throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(JdbcChanges.class);

    /// After such a silence the connection is asked whether it lives: nobody else would notice that
    /// PostgreSQL's host is gone.
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Source source;
    private final LedgerMetrics metrics;
    private final List<ChangeWatcher> watchers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread listener;
    private volatile @Nullable Connection connection;
    private volatile boolean listening;

    /// Begins at once.
    JdbcChanges(Source source, LedgerMetrics metrics) {
        this.source = source;
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
                listen(opened);
                if (lost) {
                    metrics.changesReconnected();
                    LOG.info("Changes are signalled by PostgreSQL again");
                }
                lost = false;
                pause = FIRST_PAUSE;
                watchers.forEach(ChangeWatcher::signal);
                receive(opened.unwrap(PGConnection.class), opened);
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

    private void listen(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute("LISTEN signet");
        }
        listening = true;
    }

    private void receive(PGConnection notices, Connection opened) throws SQLException {
        while (!isClosed()) {
            PGNotification[] received =
                    notices.getNotifications(Math.toIntExact(SILENCE.toMillis()));
            if (received == null || received.length == 0) {
                try (Statement statement = opened.createStatement()) {
                    statement.execute("SELECT 1");
                }
                // The answer may have come with signals; the next round takes them.
                continue;
            }
            for (PGNotification notification : received) {
                signal(notification.getParameter());
            }
        }
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
