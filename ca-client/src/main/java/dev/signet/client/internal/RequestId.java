package dev.signet.client.internal;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Makes request ids: UUIDs of version 7, whose first 48 bits are milliseconds since 1970.
///
/// @rfc 9562 5.7
public final class RequestId {

    private RequestId() {}

    public static UUID next(Instant now, RandomGenerator random) {
        long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
