package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What was made of files when they were last good. Files that are half written, missing, not
/// readable, or of which one was replaced before the other, stop nothing: what was made before goes
/// on, the log says so once a minute, and they are read again. Thread-safe; one thread reads at a
/// time, and no other one waits for it.
final class FileSnapshot<T> {

    private static final Logger LOG = LoggerFactory.getLogger(FileSnapshot.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration REMINDER = Duration.ofMinutes(1);

    /// Makes something of the files' content.
    @FunctionalInterface
    interface Reader<T> {
        T read() throws IOException, GeneralSecurityException;
    }

    private final String name;
    private final Supplier<Object> version;
    private final Reader<T> reader;
    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Snapshot<T> current;
    private volatile long looked;
    private volatile @Nullable Failure failure;

    private record Snapshot<T>(Object version, T content) {}

    private record Failure(Object version, long since, long tried, long logged) {}

    /// @param name for the log
    /// @param version tells one content of the files from the next; cheap
    /// @param pause between two looks at the files
    FileSnapshot(
            String name,
            Supplier<Object> version,
            Reader<T> reader,
            Duration pause,
            LongSupplier nanoTime) {
        this.name = name;
        this.version = version;
        this.reader = reader;
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
        this.looked = nanoTime.getAsLong() - pauseNanos;
    }

    /// @throws IOException when nothing was good yet, and the files cannot be read now
    /// @throws GeneralSecurityException when nothing was good yet, and the files are not usable now
    T current() throws IOException, GeneralSecurityException {
        Snapshot<T> known = current;
        if (known == null) {
            reading.lock();
        } else if (nanoTime.getAsLong() - looked < pauseNanos || !reading.tryLock()) {
            return known.content;
        }
        try {
            return look(nanoTime.getAsLong());
        } finally {
            reading.unlock();
        }
    }

    /// How long the files have held something that is not usable and not in use. Looks at them.
    Duration stale() {
        try {
            current();
        } catch (IOException | GeneralSecurityException _) {
            // since when is said below
        }
        Failure now = failure;
        return now == null
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(1, nanoTime.getAsLong() - now.since));
    }

    private T look(long now) throws IOException, GeneralSecurityException {
        looked = now;
        Snapshot<T> known = current;
        Failure failed = failure;
        Object seen = version.get();
        if (known != null && known.version.equals(seen)) {
            failure = null;
            return known.content;
        }
        if (known != null
                && failed != null
                && failed.version.equals(seen)
                && now - failed.tried < RETRY.toNanos()) {
            return known.content;
        }
        try {
            // What changes while it is read has another version afterwards.
            T content = reader.read();
            current = new Snapshot<>(seen, content);
            failure = null;
            if (known != null) {
                LOG.info("{}: the files have changed and are in use", name);
            }
            return content;
        } catch (IOException | GeneralSecurityException e) {
            failure = failed(failed, seen, now, e, known != null);
            if (known == null) {
                throw e;
            }
            return known.content;
        }
    }

    private Failure failed(
            @Nullable Failure before, Object seen, long now, Exception e, boolean goesOn) {
        boolean log = before == null || now - before.logged >= REMINDER.toNanos();
        if (log && goesOn) {
            LOG.warn(
                    "{}: the files have changed and are not usable; what was read before stays in"
                            + " use: {}",
                    name,
                    e.getMessage());
        }
        return before == null
                ? new Failure(seen, now, now, now)
                : new Failure(seen, before.since, now, log ? now : before.logged);
    }
}
