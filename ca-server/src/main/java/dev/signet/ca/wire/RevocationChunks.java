package dev.signet.ca.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevokedCertificate;
import dev.signet.proto.v1.RevokedSerialNumbers;
import dev.signet.proto.v1.WatchRevocationsResponse;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Cuts the feed into responses of at most 64 KiB, and keeps the last ones, so that any number of
/// clients at the same place costs one encoding. Its memory has a bound, whatever the feed's size.
/// Thread-safe.
final class RevocationChunks {

    /// Most octets of one chunk as a message.
    static final int MAX_OCTETS = 64 * 1024;

    private static final int MAX_KEPT = 128;

    /// Of a group: 32 of authority, 4 of period, tags and lengths.
    private static final int GROUP_OCTETS = 56;

    private static final int ENVELOPE_OCTETS = 64;

    private final RevocationFeed feed;
    private final Map<Long, Chunk> kept =
            new LinkedHashMap<>(MAX_KEPT, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Chunk> eldest) {
                    return size() > MAX_KEPT;
                }
            };

    RevocationChunks(RevocationFeed feed) {
        this.feed = feed;
    }

    /// What comes right after a sequence.
    ///
    /// @param oldest sequence of the first entry; 0 without entries
    /// @param upTo sequence that a client has reached who has taken it
    /// @param message null: nothing that has not expired
    /// @param full whether it was cut because of its size
    record Chunk(
            long oldest, long upTo, @Nullable WatchRevocationsResponse message, boolean full) {}

    /// Never blocks on anything but the encoding of a chunk by another caller.
    synchronized Chunk after(long sequence) {
        Chunk known = kept.get(sequence);
        if (known != null && (known.full() || known.upTo() >= feed.knowledge().sequence())) {
            return known;
        }
        Chunk fresh = encode(sequence);
        if (fresh.upTo() > sequence) {
            kept.put(sequence, fresh);
        }
        return fresh;
    }

    private Chunk encode(long after) {
        Filling filling = new Filling(after);
        try {
            long end = feed.forEachAfter(after, filling::take).sequence();
            return filling.chunk(Math.max(end, after), false);
        } catch (FullException _) {
            return filling.chunk(filling.last, true);
        }
    }

    /// Ends a walk through the feed.
    private static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private FullException() {
            super("chunk is full", null, false, false);
        }
    }

    private record Group(String authorityId, int period) {}

    private static final class Filling {

        private final Map<Group, ByteString.Output> groups = new LinkedHashMap<>();
        private int octets = ENVELOPE_OCTETS;
        private long oldest;
        private long last;

        Filling(long after) {
            this.last = after;
        }

        void take(RevokedCertificate revoked) {
            byte[] serial = revoked.serialNumber().octets();
            Group group = new Group(revoked.authorityId(), ByteBuffer.wrap(serial).getInt());
            boolean isNew = !groups.containsKey(group);
            int more = SerialNumber.RANDOM_LENGTH + (isNew ? GROUP_OCTETS : 0);
            if (octets + more > MAX_OCTETS) {
                throw new FullException();
            }
            octets += more;
            oldest = oldest == 0 ? revoked.sequence() : oldest;
            groups.computeIfAbsent(group, _ -> ByteString.newOutput(64))
                    .write(
                            serial,
                            SerialNumber.LENGTH - SerialNumber.RANDOM_LENGTH,
                            SerialNumber.RANDOM_LENGTH);
            last = revoked.sequence();
        }

        Chunk chunk(long upTo, boolean full) {
            if (groups.isEmpty()) {
                return new Chunk(oldest, upTo, null, full);
            }
            WatchRevocationsResponse.Builder message =
                    WatchRevocationsResponse.newBuilder().setSequence(upTo);
            groups.forEach((group, serials) ->
                    message.addRevoked(
                            RevokedSerialNumbers.newBuilder()
                                    .setAuthorityId(
                                            UnsafeByteOperations.unsafeWrap(
                                                    HexFormat.of().parseHex(group.authorityId())))
                                    .setExpiryPeriod(group.period())
                                    .setRandomBytes(serials.toByteString())));
            return new Chunk(oldest, upTo, message.build(), full);
        }
    }
}
