package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections together hold of requests whose last byte has not come. A caller that
/// begins requests and never ends them costs memory until their deadline, so there is a limit for
/// each connection and one for all. Where all hold too much, the address that holds most loses its
/// largest connection. A request that comes in one piece never counts. Thread-safe.
final class UnfinishedRequests {

    /// Of one connection: as many calls as it may have, each with its headers.
    static final long MAX_CONNECTION_BYTES = 4L * 1024 * 1024;

    /// Of all, so that a server fits in the chart's memory while it is attacked.
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private final long maxBytes;
    private final AtomicLong total = new AtomicLong();
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean evicting = new AtomicBoolean();

    UnfinishedRequests() {
        this(MAX_BYTES);
    }

    UnfinishedRequests(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Bytes held now.
    long bytes() {
        return total.get();
    }

    /// @param end ends the connection; called from any thread, once at most
    Share join(@Nullable InetAddress address, Runnable end) {
        Share share = new Share(address, end);
        shares.add(share);
        return share;
    }

    private void makeRoom() {
        // One at a time: the next to add sees whether that was enough.
        if (!evicting.compareAndSet(false, true)) {
            return;
        }
        try {
            if (total.get() > maxBytes) {
                Share victim = largestOfLargestAddress();
                if (victim != null) {
                    victim.leave();
                    victim.end.run();
                }
            }
        } finally {
            evicting.set(false);
        }
    }

    private @Nullable Share largestOfLargestAddress() {
        Map<Object, Long> held = new HashMap<>();
        Map<Object, Share> largest = new HashMap<>();
        for (Share share : shares) {
            Object address = share.address == null ? share : share.address;
            held.merge(address, share.held(), Long::sum);
            largest.merge(address, share, (one, other) -> one.held() >= other.held() ? one : other);
        }
        return held.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .map(largest::get)
                .orElse(null);
    }

    /// Of one connection. `add` and `remove` are its event loop's alone.
    final class Share {

        private final @Nullable InetAddress address;
        private final Runnable end;
        // Both are guarded by this.
        private long bytes;
        private boolean left;

        private Share(@Nullable InetAddress address, Runnable end) {
            this.address = address;
            this.end = end;
        }

        /// False: the connection holds more than it may, and is to be ended.
        boolean add(long more) {
            if (change(more) > MAX_CONNECTION_BYTES) {
                return false;
            }
            if (total.get() > maxBytes) {
                makeRoom();
            }
            return true;
        }

        void remove(long less) {
            change(-less);
        }

        private synchronized long change(long by) {
            if (left) {
                return 0;
            }
            bytes += by;
            total.addAndGet(by);
            return bytes;
        }

        private synchronized long held() {
            return bytes;
        }

        /// The connection holds nothing any more; what it adds later does not count.
        synchronized void leave() {
            if (!left) {
                left = true;
                shares.remove(this);
                total.addAndGet(-bytes);
                bytes = 0;
            }
        }
    }
}
