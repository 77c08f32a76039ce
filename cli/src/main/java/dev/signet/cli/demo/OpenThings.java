package dev.signet.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has to be closed, in the reverse order of its opening. Thread-safe; what is added after the
/// end is closed at once.
final class OpenThings implements AutoCloseable {

    private final Deque<AutoCloseable> things = new ArrayDeque<>();
    private boolean closed;

    <T extends AutoCloseable> T add(T thing) {
        synchronized (this) {
            if (!closed) {
                things.push(thing);
                return thing;
            }
        }
        closeQuietly(thing);
        return thing;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!things.isEmpty()) {
            closeQuietly(things.pop());
        }
    }

    @SuppressWarnings("EmptyCatch") // the demo is over, and what follows has to be closed as well
    private static void closeQuietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
        }
    }
}
