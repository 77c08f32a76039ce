package dev.signet.issuer.queue;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Keys to work on. A key is worked on by one worker at a time; what is asked for while it is under
/// way is done once more afterwards; asking twice is asking once. It holds each key once, so it is
/// no longer than there are keys: what fills it must be bounded itself, as an informer's cache is.
///
/// A key whose work throws comes back after a wait that doubles from 1 s to 5 min, with full
/// jitter. While paused nothing is begun and nothing is forgotten. Thread-safe.
public final class WorkQueue<K> implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(WorkQueue.class.getName());
    private static final int MAX_LOGGED = 500;
    private static final long FIRST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final String name;
    private final Worker<K> worker;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final ArrayDeque<K> ready = new ArrayDeque<>();
    private final PriorityQueue<Due<K>> later = new PriorityQueue<>();
    private final Map<K, Entry> entries = new HashMap<>();
    private int running;
    private boolean paused = true;
    private boolean closed;

    /// What is done with a key.
    public interface Worker<K> {

        /// What it throws is logged, and the key comes back.
        Next work(K key);
    }

    /// What becomes of a key.
    public sealed interface Next {

        /// Nothing, until it is asked for again.
        Next DONE = new Done();

        /// It is asked for again after this wait.
        static Next after(Duration wait) {
            return new After(wait);
        }

        /// See [#DONE].
        record Done() implements Next {}

        /// See [#after].
        record After(Duration delay) implements Next {}
    }

    private enum State {
        WAITING,
        READY,
        RUNNING,
        RUNNING_AND_WANTED
    }

    private static final class Entry {
        private State state = State.WAITING;
        private long dueNanos;
        private int failures;
    }

    private record Due<K>(K key, long atNanos) implements Comparable<Due<K>> {
        @Override
        public int compareTo(Due<K> other) {
            return Long.signum(atNanos - other.atNanos);
        }
    }

    /// Starts paused.
    ///
    /// @param workers how many keys are worked on at once; 1 to 1024
    public WorkQueue(String name, int workers, RandomGenerator random, Worker<K> worker) {
        if (workers < 1 || workers > 1024) {
            throw new IllegalArgumentException("workers: " + workers + " (expected: 1 to 1024)");
        }
        this.name = name;
        this.worker = worker;
        this.random = random;
        for (int i = 0; i < workers; i++) {
            Thread.ofVirtual().name("signet-" + name + "-" + i).start(this::run);
        }
    }

    /// Asks for a key now.
    public void add(K key) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(key, k -> new Entry());
            entry.failures = 0;
            makeReady(key, entry);
        } finally {
            lock.unlock();
        }
    }

    /// Asks for a key after a wait, unless it is asked for sooner.
    public void addAfter(K key, Duration wait) {
        lock.lock();
        try {
            schedule(key, entries.computeIfAbsent(key, k -> new Entry()), wait.toNanos());
        } finally {
            lock.unlock();
        }
    }

    private void makeReady(K key, Entry entry) {
        switch (entry.state) {
            case WAITING -> {
                entry.state = State.READY;
                entry.dueNanos = 0;
                ready.add(key);
                changed.signal();
            }
            case RUNNING -> entry.state = State.RUNNING_AND_WANTED;
            case READY, RUNNING_AND_WANTED -> {
                // Is wanted already.
            }
        }
    }

    private void schedule(K key, Entry entry, long waitNanos) {
        if (entry.state != State.WAITING) {
            return;
        }
        long due = System.nanoTime() + Math.max(1, waitNanos);
        if (entry.dueNanos == 0 || due - entry.dueNanos < 0) {
            entry.dueNanos = due == 0 ? 1 : due;
            later.add(new Due<>(key, entry.dueNanos));
            changed.signal();
        }
    }

    private void run() {
        for (K key = take(); key != null; key = take()) {
            Next next = null;
            try {
                next = worker.work(key);
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: work on {1} failed and is tried again: {2}",
                        name,
                        key,
                        shortened(e));
                LOG.log(System.Logger.Level.DEBUG, name, e);
            } finally {
                finished(key, next);
            }
        }
    }

    private static String shortened(RuntimeException e) {
        String text = e.toString();
        return text.length() <= MAX_LOGGED ? text : text.substring(0, MAX_LOGGED);
    }

    private @Nullable K take() {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    return null;
                }
                long wait = moveDue();
                if (!paused) {
                    K key = ready.poll();
                    if (key != null) {
                        Entry entry = entries.get(key);
                        if (entry != null) {
                            entry.state = State.RUNNING;
                        }
                        running++;
                        return key;
                    }
                }
                if (wait < 0) {
                    changed.await();
                } else {
                    changed.awaitNanos(wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// @return nanoseconds until the next is due; negative: none is
    private long moveDue() {
        long now = System.nanoTime();
        for (Due<K> first = later.peek(); first != null; first = later.peek()) {
            long left = first.atNanos() - now;
            if (left > 0) {
                return left;
            }
            later.poll();
            Entry entry = entries.get(first.key());
            if (entry != null
                    && entry.state == State.WAITING
                    && entry.dueNanos == first.atNanos()) {
                makeReady(first.key(), entry);
            }
        }
        return -1;
    }

    private void finished(K key, @Nullable Next next) {
        lock.lock();
        try {
            running--;
            if (running == 0) {
                idle.signalAll();
            }
            Entry entry = entries.get(key);
            if (entry == null) {
                return;
            }
            boolean wanted = entry.state == State.RUNNING_AND_WANTED;
            entry.state = State.WAITING;
            entry.dueNanos = 0;
            if (next == null) {
                entry.failures++;
                schedule(key, entry, jittered(entry.failures));
                return;
            }
            entry.failures = 0;
            if (wanted) {
                makeReady(key, entry);
                return;
            }
            switch (next) {
                case Next.Done ignored -> entries.remove(key);
                case Next.After after -> schedule(key, entry, after.delay().toNanos());
            }
        } finally {
            lock.unlock();
        }
    }

    private long jittered(int failures) {
        int doublings = Math.min(failures - 1, 20);
        long ceiling = Math.min(FIRST_WAIT_NANOS << doublings, LONGEST_WAIT_NANOS);
        return ceiling / 2 + (long) (random.nextDouble() * ceiling / 2);
    }

    /// Begins work, or goes on.
    public void resume() {
        lock.lock();
        try {
            paused = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Begins nothing more until resumed; what is under way finishes.
    public void pause() {
        lock.lock();
        try {
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nothing is under way.
    ///
    /// @return whether that was so within the time
    public boolean awaitIdle(Duration most) throws InterruptedException {
        lock.lock();
        try {
            long left = most.toNanos();
            while (running > 0) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Keys that could be worked on now.
    public int depth() {
        lock.lock();
        try {
            return ready.size();
        } finally {
            lock.unlock();
        }
    }

    /// Keys that wait for their time.
    public int delayed() {
        lock.lock();
        try {
            return entries.size() - ready.size() - running;
        } finally {
            lock.unlock();
        }
    }

    /// Keys under way.
    public int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /// Begins nothing more, for good. What is under way finishes by itself.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
