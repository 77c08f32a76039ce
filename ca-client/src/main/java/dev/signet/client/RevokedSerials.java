package dev.signet.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Serial numbers of revoked certificates of one CA, held tightly: 16 octets each in open-addressed
/// tables, one for each hour of expiry, so that what has expired is dropped as a whole. A million
/// take 24 to 32 MB. Thread-safe.
final class RevokedSerials {

    /// Of the serial numbers of this CA.
    static final int SERIAL_OCTETS = 20;

    static final int RANDOM_OCTETS = 16;

    /// A clock that is wrong by less than this still has what it needs.
    private static final Duration KEPT_AFTER_EXPIRY = Duration.ofHours(1);

    private static final long SECONDS_PER_PERIOD = 3600;
    private static final int PERIOD_BASE = 0x4000_0000;

    private final Map<Integer, Table> periods = new HashMap<>();
    private long size;

    /// @param period first four octets of the serial numbers
    /// @param random the other 16 of each, one after another; a rest of less counts for nothing
    synchronized void add(int period, ByteBuffer random) {
        Table table = periods.computeIfAbsent(period, hour -> new Table());
        ByteBuffer octets = random.duplicate();
        while (octets.remaining() >= RANDOM_OCTETS) {
            if (table.add(octets.getLong(), octets.getLong())) {
                size++;
            }
        }
    }

    /// @param serialNumber as in the certificate: DER content octets of an INTEGER
    synchronized boolean contains(byte[] serialNumber) {
        if (serialNumber.length != SERIAL_OCTETS) {
            return false;
        }
        ByteBuffer octets = ByteBuffer.wrap(serialNumber);
        Table table = periods.get(octets.getInt());
        return table != null && table.contains(octets.getLong(), octets.getLong());
    }

    /// Forgets what nobody can present any more.
    synchronized void prune(Instant now) {
        long oldest =
                now.minus(KEPT_AFTER_EXPIRY).getEpochSecond() / SECONDS_PER_PERIOD + PERIOD_BASE;
        periods.entrySet()
                .removeIf(entry -> {
                    boolean over = entry.getKey() < oldest;
                    size -= over ? entry.getValue().size : 0;
                    return over;
                });
    }

    synchronized long size() {
        return size;
    }

    /// Pairs of longs. They are random as they come from the CA, so the first of them is its own
    /// hash.
    private static final class Table {

        private static final int LEAST_SLOTS = 16;

        private long[] slots = new long[2 * LEAST_SLOTS];
        private int size;
        private boolean hasZero;

        boolean add(long high, long low) {
            if (high == 0 && low == 0) {
                boolean news = !hasZero;
                hasZero = true;
                size += news ? 1 : 0;
                return news;
            }
            int at = find(slots, high, low);
            if (slots[at] != 0 || slots[at + 1] != 0) {
                return false;
            }
            slots[at] = high;
            slots[at + 1] = low;
            size++;
            // At most four fifths full, at least half after it has grown.
            if (size > slots.length / 5 * 2) {
                grow();
            }
            return true;
        }

        boolean contains(long high, long low) {
            if (high == 0 && low == 0) {
                return hasZero;
            }
            int at = find(slots, high, low);
            return slots[at] != 0 || slots[at + 1] != 0;
        }

        private void grow() {
            long[] wider = new long[slots.length / 2 * 3 / 2 * 2];
            for (int i = 0; i < slots.length; i += 2) {
                if (slots[i] != 0 || slots[i + 1] != 0) {
                    int at = find(wider, slots[i], slots[i + 1]);
                    wider[at] = slots[i];
                    wider[at + 1] = slots[i + 1];
                }
            }
            slots = wider;
        }

        /// Where the pair is, or belongs.
        private static int find(long[] slots, long high, long low) {
            int count = slots.length / 2;
            int slot = (int) Long.remainderUnsigned(high ^ Long.rotateLeft(low, 32), count);
            while (true) {
                int at = 2 * slot;
                boolean free = slots[at] == 0 && slots[at + 1] == 0;
                if (free || (slots[at] == high && slots[at + 1] == low)) {
                    return at;
                }
                slot = slot + 1 == count ? 0 : slot + 1;
            }
        }
    }
}
