package dev.signet.ca.audit;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/// The last refusal of a page: the next page begins after it, whatever was refused since.
///
/// @param refusedAt to the microsecond, as PostgreSQL keeps it
/// @param began to the microsecond
record RefusalPageToken(Instant refusedAt, UUID process, Instant began, int number) {

    private static final long MAX_MICROS =
            Instant.parse("9999-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
    private static final int LENGTH = 4 * Long.BYTES + Integer.BYTES;

    /// @throws IllegalArgumentException when the text is not one that [#text()] made
    static RefusalPageToken parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException(
                    "page token is not one that a search returned; begin without one");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new RefusalPageToken(
                instant(buffer.getLong()),
                new UUID(buffer.getLong(), buffer.getLong()),
                instant(buffer.getLong()),
                buffer.getInt());
    }

    String text() {
        byte[] bytes =
                ByteBuffer.allocate(LENGTH)
                        .putLong(micros(refusedAt))
                        .putLong(process.getMostSignificantBits())
                        .putLong(process.getLeastSignificantBits())
                        .putLong(micros(began))
                        .putInt(number)
                        .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Instant instant(long micros) {
        // Years that PostgreSQL cannot name are no result of a search.
        if (micros < 0 || micros > MAX_MICROS) {
            throw new IllegalArgumentException(
                    "page token is not one that a search returned; begin without one");
        }
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
