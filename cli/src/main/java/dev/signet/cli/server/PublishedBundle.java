package dev.signet.cli.server;

import dev.signet.ca.RunningServer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Keeps a file at the server's newest trust bundle while the server runs. A write that fails is
/// logged and tried again. Thread-safe.
final class PublishedBundle implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PublishedBundle.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    /// Puts the text into its place as a whole.
    interface File {
        void write(String pem) throws IOException;
    }

    private final File file;
    private final Duration retry;
    private final AtomicReference<String> newest = new AtomicReference<>("");
    private final ScheduledExecutorService writer =
            Executors.newSingleThreadScheduledExecutor(
                    task -> Thread.ofPlatform().name("trust-bundle-file").daemon().unstarted(task));

    PublishedBundle(File file, Duration retry) {
        this.file = file;
        this.retry = retry;
    }

    /// Follows the bundle of a server until it is closed.
    static PublishedBundle of(RunningServer server, File file) {
        PublishedBundle published = new PublishedBundle(file, RETRY);
        // Ends with the server's context.
        AutoCloseable _ = server.watchTrustBundle(bundle -> published.offer(bundle.pem()));
        return published;
    }

    /// Takes over the newest; returns at once.
    void offer(String pem) {
        newest.set(pem);
        writer.execute(() -> write(pem));
    }

    private void write(String pem) {
        if (!pem.equals(newest.get())) {
            return; // a newer one has its own turn
        }
        try {
            file.write(pem);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the trust bundle's file was not written, trying again: {}", e.toString());
            Future<?> _ =
                    writer.schedule(() -> write(pem), retry.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}
