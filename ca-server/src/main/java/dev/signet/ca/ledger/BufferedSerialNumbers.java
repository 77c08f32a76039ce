package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// Serial numbers from a CSPRNG, whose octets are fetched for many at a time: a call of the
/// generator costs more than the octets.
final class BufferedSerialNumbers implements SerialNumbers {

    private static final int SERIALS_PER_FETCH = 64;

    private final SecureRandom random;
    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] buffer = new byte[SERIALS_PER_FETCH * SerialNumber.RANDOM_LENGTH];
    private int used = buffer.length;

    BufferedSerialNumbers(SecureRandom random) {
        this.random = random;
    }

    @Override
    public SerialNumber next(Instant notAfter) {
        return SerialNumber.of(notAfter, randomOctets());
    }

    private byte[] randomOctets() {
        lock.lock();
        try {
            if (used == buffer.length) {
                random.nextBytes(buffer);
                used = 0;
            }
            int from = used;
            used += SerialNumber.RANDOM_LENGTH;
            return Arrays.copyOfRange(buffer, from, used);
        } finally {
            lock.unlock();
        }
    }
}
