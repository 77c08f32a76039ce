package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Connections that a port keeps at the same time. Where all places are taken, a new connection
/// gets the place of the one that has waited longest without doing anything that counts: first of
/// those that never did, then of the idle ones. So connections that are only held, or whose
/// requests trickle in, keep nobody out. Thread-safe; never blocks for long.
public final class ConnectionPlaces {

    /// The part of an IPv6 address that one subscriber has.
    private static final int IPV6_PREFIX_BYTES = 8;

    private final Limits limits;
    private final LinkedHashSet<Place> newcomers = new LinkedHashSet<>();
    private final LinkedHashSet<Place> idle = new LinkedHashSet<>();
    private final Map<ByteBuffer, Address> addresses = new HashMap<>();
    private int open;
    private long evicted;

    /// @param connections maximum number at the same time
    /// @param perAddress maximum number of one address (IPv6: /64)
    /// @param newcomers maximum number of those that have proved nothing yet
    public record Limits(int connections, int perAddress, int newcomers) {}

    private static final class Address {
        private final LinkedHashSet<Place> newcomers = new LinkedHashSet<>();
        private int open;
    }

    public ConnectionPlaces(Limits limits) {
        this.limits = limits;
    }

    /// One connection's place. Thread-safe.
    public final class Place {
        private final ByteBuffer key;
        private final Runnable close;
        private boolean left;

        private Place(ByteBuffer key, Runnable close) {
            this.key = key;
            this.close = close;
        }

        /// It did what counts, or is doing it: nobody gets its place.
        public void busy() {
            synchronized (ConnectionPlaces.this) {
                unlist(this);
            }
        }

        /// It waits for its peer again: its place may go to a new connection.
        public void idle() {
            synchronized (ConnectionPlaces.this) {
                if (!left) {
                    unlist(this);
                    idle.add(this);
                }
            }
        }

        /// The connection has ended. Idempotent.
        public void leave() {
            synchronized (ConnectionPlaces.this) {
                remove(this);
            }
        }
    }

    /// A place for a new connection, as a newcomer.
    ///
    /// @param close ends the connection without waiting; may run in another connection's thread
    /// @return null: there is none, close the connection
    public @Nullable Place enter(InetAddress peer, Runnable close) {
        Place place = new Place(key(peer), close);
        Place loser;
        synchronized (this) {
            Address address = addresses.computeIfAbsent(place.key, _ -> new Address());
            if (address.open >= limits.perAddress()) {
                loser = first(address.newcomers);
            } else if (open >= limits.connections()) {
                loser = newcomers.isEmpty() ? first(idle) : first(newcomers);
            } else {
                loser = newcomers.size() >= limits.newcomers() ? first(newcomers) : null;
            }
            boolean full =
                    address.open >= limits.perAddress()
                            || open >= limits.connections()
                            || newcomers.size() >= limits.newcomers();
            if (full && loser == null) {
                evicted++;
                return null;
            }
            if (loser != null) {
                evicted++;
                remove(loser);
                // The loser may have been the last of this address.
                address = addresses.computeIfAbsent(place.key, _ -> new Address());
            }
            open++;
            address.open++;
            newcomers.add(place);
            address.newcomers.add(place);
        }
        if (loser != null) {
            loser.close.run();
        }
        return place;
    }

    /// Connections that are open now.
    public synchronized int open() {
        return open;
    }

    /// Open connections that have proved nothing yet.
    public synchronized int newcomers() {
        return newcomers.size();
    }

    /// Connections that were closed for want of a place, since the start.
    public synchronized long evicted() {
        return evicted;
    }

    private void unlist(Place place) {
        idle.remove(place);
        if (newcomers.remove(place)) {
            Address address = addresses.get(place.key);
            if (address != null) {
                address.newcomers.remove(place);
            }
        }
    }

    private void remove(Place place) {
        if (place.left) {
            return;
        }
        unlist(place);
        place.left = true;
        open--;
        Address address = addresses.get(place.key);
        if (address != null && --address.open == 0) {
            addresses.remove(place.key);
        }
    }

    private static @Nullable Place first(Set<Place> places) {
        Iterator<Place> each = places.iterator();
        return each.hasNext() ? each.next() : null;
    }

    private static ByteBuffer key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? ByteBuffer.wrap(bytes, 0, IPV6_PREFIX_BYTES).slice()
                : ByteBuffer.wrap(bytes);
    }
}
