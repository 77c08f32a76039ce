package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// Revocations in memory, in order of sequence: 35 octets each in arrays, and 8 to 16 more in an
/// index over serial numbers (open addressing, at most half full); no object for each. One thread
/// at a time changes it; any number reads, without locks, and sees all or nothing of an addition.
final class RevocationTable {

    private static final int CHUNK_BITS = 12;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int SMALLEST_INDEX = 1 << 10;
    private static final RevocationReason[] REASONS = byCode();
    private static final long SECONDS_PER_HOUR = 3600;

    private static RevocationReason[] byCode() {
        RevocationReason[] reasons = new RevocationReason[11];
        Arrays.fill(reasons, RevocationReason.UNSPECIFIED);
        for (RevocationReason reason : RevocationReason.values()) {
            reasons[reason.code()] = reason;
        }
        return reasons;
    }

    /// So many rows, the same columns each.
    private static final class Chunk {
        private final long[] sequence = new long[CHUNK];
        private final int[] period = new int[CHUNK];
        private final long[] high = new long[CHUNK];
        private final long[] low = new long[CHUNK];
        private final int[] revokedAt = new int[CHUNK];
        private final short[] authority = new short[CHUNK];
        private final byte[] reason = new byte[CHUNK];
    }

    /// What readers see. Rows before `size` never change; the index may already name later ones.
    @SuppressWarnings("ArrayRecordComponent")
    private record State(Chunk[] chunks, int[] index, String[] authorities, int size) {}

    private volatile State state =
            new State(new Chunk[0], new int[SMALLEST_INDEX], new String[0], 0);

    int size() {
        return state.size;
    }

    /// @param added in order of sequence, behind all that is here; a serial number that is here
    ///   already keeps its first entry
    void add(Iterable<RevokedCertificate> added) {
        State before = state;
        Chunk[] chunks = before.chunks;
        int[] index = before.index;
        String[] authorities = before.authorities;
        int size = before.size;
        for (RevokedCertificate entry : added) {
            if (size >> CHUNK_BITS == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunks.length + 1);
                chunks[chunks.length - 1] = new Chunk();
            }
            int authority = Arrays.asList(authorities).indexOf(entry.authorityId());
            if (authority < 0) {
                authority = authorities.length;
                authorities = Arrays.copyOf(authorities, authority + 1);
                authorities[authority] = entry.authorityId();
            }
            Chunk chunk = chunks[size >> CHUNK_BITS];
            int row = size & CHUNK - 1;
            ByteBuffer serial = ByteBuffer.wrap(entry.serialNumber().octets());
            chunk.sequence[row] = entry.sequence();
            chunk.period[row] = serial.getInt();
            chunk.high[row] = serial.getLong();
            chunk.low[row] = serial.getLong();
            chunk.revokedAt[row] = (int) entry.revokedAt().getEpochSecond();
            chunk.authority[row] = (short) authority;
            chunk.reason[row] = (byte) entry.reason().code();
            size++;
            if (size > index.length / 2) {
                index = new int[index.length * 2];
                for (int each = 0; each < size; each++) {
                    enter(index, chunks, each);
                }
            } else {
                enter(index, chunks, size - 1);
            }
        }
        state = new State(chunks, index, authorities, size);
    }

    private static void enter(int[] index, Chunk[] chunks, int row) {
        Chunk chunk = chunks[row >> CHUNK_BITS];
        int slot = slot(chunk.high[row & CHUNK - 1], index);
        while (index[slot] != 0) {
            slot = slot + 1 & index.length - 1;
        }
        index[slot] = row + 1;
    }

    /// These octets are random: no caller chooses where an entry lies.
    private static int slot(long high, int[] index) {
        return (int) (high ^ (high >>> 32)) & (index.length - 1);
    }

    Optional<RevokedCertificate> find(SerialNumber serialNumber) {
        State now = state;
        if (now.size == 0) {
            return Optional.empty();
        }
        ByteBuffer serial = ByteBuffer.wrap(serialNumber.octets());
        int period = serial.getInt();
        long high = serial.getLong();
        long low = serial.getLong();
        int slot = slot(high, now.index);
        for (int named = now.index[slot]; named != 0; named = now.index[slot]) {
            int row = named - 1;
            if (row < now.size) {
                Chunk chunk = now.chunks[row >> CHUNK_BITS];
                int at = row & CHUNK - 1;
                if (chunk.high[at] == high && chunk.low[at] == low && chunk.period[at] == period) {
                    return Optional.of(entry(now, row));
                }
            }
            slot = slot + 1 & now.index.length - 1;
        }
        return Optional.empty();
    }

    /// Every entry of one moment with a greater sequence, in order.
    void forEachAfter(long sequence, Consumer<RevokedCertificate> consumer) {
        State now = state;
        for (int row = firstAfter(now, sequence); row < now.size; row++) {
            consumer.accept(entry(now, row));
        }
    }

    boolean contains(long sequence) {
        State now = state;
        int row = firstAfter(now, sequence - 1);
        return row < now.size
                && now.chunks[row >> CHUNK_BITS].sequence[row & CHUNK - 1] == sequence;
    }

    private static int firstAfter(State now, long sequence) {
        int from = 0;
        int to = now.size;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (now.chunks[middle >> CHUNK_BITS].sequence[middle & CHUNK - 1] <= sequence) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /// How many expired before the hour that begins then.
    int expiredBefore(Instant hour) {
        State now = state;
        int bound = period(hour);
        int expired = 0;
        for (int row = 0; row < now.size; row++) {
            if (now.chunks[row >> CHUNK_BITS].period[row & CHUNK - 1] < bound) {
                expired++;
            }
        }
        return expired;
    }

    /// A table without those.
    RevocationTable without(Instant hour) {
        State now = state;
        int bound = period(hour);
        RevocationTable left = new RevocationTable();
        left.add(() ->
                java.util.stream.IntStream.range(0, now.size)
                        .filter(row ->
                                now.chunks[row >> CHUNK_BITS].period[row & CHUNK - 1] >= bound)
                        .mapToObj(row -> entry(now, row))
                        .iterator());
        return left;
    }

    private static int period(Instant hour) {
        return 0x4000_0000 + (int) Math.floorDiv(hour.getEpochSecond(), SECONDS_PER_HOUR);
    }

    private static RevokedCertificate entry(State now, int row) {
        Chunk chunk = now.chunks[row >> CHUNK_BITS];
        int at = row & CHUNK - 1;
        byte[] serial =
                ByteBuffer.allocate(SerialNumber.LENGTH)
                        .putInt(chunk.period[at])
                        .putLong(chunk.high[at])
                        .putLong(chunk.low[at])
                        .array();
        @Nullable SerialNumber serialNumber = SerialNumber.fromOctets(serial).orElse(null);
        if (serialNumber == null) {
            throw new IllegalStateException("a row without a serial number");
        }
        return new RevokedCertificate(
                chunk.sequence[at],
                serialNumber,
                now.authorities[chunk.authority[at] & 0xffff],
                REASONS[chunk.reason[at]],
                Instant.ofEpochSecond(Integer.toUnsignedLong(chunk.revokedAt[at])));
    }
}
