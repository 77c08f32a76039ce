package dev.signet.benchmarks;

import java.time.InstantSource;
import java.util.SplittableRandom;

/// Makes request ids: UUIDs of version 7 in text form. Not thread-safe; one for each event loop.
///
/// @rfc 9562 5.7
final class RequestIds {

    static final int TEXT_LENGTH = 36;

    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final InstantSource clock;
    private final SplittableRandom random;

    RequestIds(InstantSource clock, long seed) {
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    /// 36 ASCII octets, another id at each call.
    byte[] next() {
        long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        byte[] text = new byte[TEXT_LENGTH];
        digits(high >>> 32, 8, text, 0);
        text[8] = '-';
        digits(high >>> 16, 4, text, 9);
        text[13] = '-';
        digits(high, 4, text, 14);
        text[18] = '-';
        digits(low >>> 48, 4, text, 19);
        text[23] = '-';
        digits(low, 12, text, 24);
        return text;
    }

    private static void digits(long value, int count, byte[] target, int offset) {
        long rest = value;
        for (int i = count - 1; i >= 0; i--) {
            target[offset + i] = HEX[(int) rest & 0xf];
            rest >>>= 4;
        }
    }
}
