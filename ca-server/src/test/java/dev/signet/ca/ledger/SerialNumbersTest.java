package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.SerialNumber;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class SerialNumbersTest {

    private static final Instant NOT_AFTER = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void R1_serialNumbersHave128UnbiasedBitsAndNoDuplicates() {
        int count = 1_000_000;
        SerialNumbers serials = new BufferedSerialNumbers(new SecureRandom());
        Set<SerialNumber> seen = HashSet.newHashSet(count);
        int[] ones = new int[8 * SerialNumber.LENGTH];
        for (int i = 0; i < count; i++) {
            SerialNumber serial = serials.next(NOT_AFTER);
            seen.add(serial);
            byte[] octets = serial.octets();
            for (int bit = 0; bit < ones.length; bit++) {
                ones[bit] += octets[bit / 8] >>> (7 - bit % 8) & 1;
            }
        }
        assertThat(seen).hasSize(count);
        // Each bit: chi-squared with one degree of freedom; all 128: their sum. The bounds leave
        // one
        // false alarm in about a billion runs.
        double sum = 0;
        for (int bit = 32; bit < ones.length; bit++) {
            double deviation = ones[bit] - count / 2.0;
            double chiSquared = deviation * deviation / (count / 4.0);
            assertThat(chiSquared).as("chi-squared of bit %d", bit).isLessThan(46);
            sum += chiSquared;
        }
        assertThat(sum).as("chi-squared of 128 bits").isBetween(45.0, 245.0);
    }

    @Test
    void R1_serialNumbersArePositiveAndTwentyOctets() {
        SerialNumbers serials = new BufferedSerialNumbers(new SecureRandom());
        for (int i = 0; i < 1_000; i++) {
            BigInteger number = new BigInteger(serials.next(NOT_AFTER).octets());
            assertThat(number.signum()).isEqualTo(1);
            assertThat(number.toByteArray()).hasSize(20);
        }
    }

    @Test
    void R2_serialNumbersAreUniqueOverReplicasRestartsAndConcurrentCalls() throws Exception {
        Set<SerialNumber> seen = new HashSet<>();
        for (int restart = 0; restart < 3; restart++) {
            SerialNumbers one = new BufferedSerialNumbers(new SecureRandom());
            SerialNumbers two = new BufferedSerialNumbers(new SecureRandom());
            CountDownLatch start = new CountDownLatch(1);
            List<Future<SerialNumber>> calls = new ArrayList<>();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 1_000; i++) {
                    SerialNumbers replica = i % 2 == 0 ? one : two;
                    calls.add(
                            executor.submit(() -> {
                                start.await();
                                return replica.next(NOT_AFTER);
                            }));
                }
                start.countDown();
                for (Future<SerialNumber> call : calls) {
                    assertThat(seen.add(call.get())).isTrue();
                }
            }
        }
        assertThat(seen).hasSize(3_000);
    }
}
