package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

class RevokedSerialsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:00Z");
    private static final int PERIOD = 0x4000_0000 + (int) (NOW.getEpochSecond() / 3600);

    private final RevokedSerials serials = new RevokedSerials();

    private static byte[] serial(int period, long high, long low) {
        return ByteBuffer.allocate(20).putInt(period).putLong(high).putLong(low).array();
    }

    private void add(int period, long... pairs) {
        ByteBuffer random = ByteBuffer.allocate(8 * pairs.length);
        for (long half : pairs) {
            random.putLong(half);
        }
        serials.add(period, random.flip());
    }

    @Test
    void knowsWhatWasAddedAndNothingElse() {
        Random random = new Random(5);
        Set<String> added = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();
            add(PERIOD + i % 3, high, low);
            added.add(i % 3 + ":" + high + ":" + low);
        }
        assertThat(serials.size()).isEqualTo(20_000);
        for (String one : added) {
            String[] parts = one.split(":");
            byte[] serial =
                    serial(
                            PERIOD + Integer.parseInt(parts[0]),
                            Long.parseLong(parts[1]),
                            Long.parseLong(parts[2]));
            assertThat(serials.contains(serial)).isTrue();
            serial[19] ^= 1;
            assertThat(serials.contains(serial)).isFalse();
            serial[19] ^= 1;
            serial[3] ^= 8;
            assertThat(serials.contains(serial)).isFalse();
        }
    }

    @Test
    void takesTheSameTwiceAndOddNumbers() {
        add(PERIOD, 0, 0);
        add(PERIOD, 0, 0, 0, 7, 7, 0);
        add(PERIOD, 0, 7);
        assertThat(serials.size()).isEqualTo(3);
        assertThat(serials.contains(serial(PERIOD, 0, 0))).isTrue();
        assertThat(serials.contains(serial(PERIOD, 0, 7))).isTrue();
        assertThat(serials.contains(serial(PERIOD, 7, 0))).isTrue();
        assertThat(serials.contains(serial(PERIOD, 7, 7))).isFalse();
        assertThat(serials.contains(new byte[0])).isFalse();
        assertThat(serials.contains(new byte[21])).isFalse();
        serials.add(PERIOD, ByteBuffer.allocate(15));
        assertThat(serials.size()).isEqualTo(3);
    }

    @Test
    void forgetsWhatExpiredAnHourAgoAndNothingThatMayStillBeShown() {
        add(PERIOD - 3, 1, 1);
        add(PERIOD - 2, 2, 2);
        add(PERIOD - 1, 3, 3);
        add(PERIOD, 4, 4);
        serials.prune(NOW);
        assertThat(serials.contains(serial(PERIOD - 3, 1, 1))).isFalse();
        assertThat(serials.contains(serial(PERIOD - 2, 2, 2))).isFalse();
        assertThat(serials.contains(serial(PERIOD - 1, 3, 3))).isTrue();
        assertThat(serials.contains(serial(PERIOD, 4, 4))).isTrue();
        assertThat(serials.size()).isEqualTo(2);
    }

    @Test
    void aMillionTakesAtMost32MiB() {
        Random random = new Random(6);
        long before = used();
        RevokedSerials many = new RevokedSerials();
        for (int chunk = 0; chunk < 250; chunk++) {
            ByteBuffer octets = ByteBuffer.allocate(4000 * 16);
            random.nextBytes(octets.array());
            many.add(PERIOD + chunk % 24, octets);
        }
        long taken = used() - before;
        assertThat(many.size()).isEqualTo(1_000_000);
        assertThat(taken).isLessThan(32L << 20);
        System.getLogger("test").log(System.Logger.Level.INFO, "a million take {0} octets", taken);
        assertThat(many.contains(serial(PERIOD, 1, 1))).isFalse();
        many.prune(NOW.plus(Duration.ofDays(2)));
        assertThat(many.size()).isZero();
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
