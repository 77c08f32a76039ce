package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.RevokedCertificate;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/// So many revocations, made up, in memory.
final class MeasuredFeed implements RevocationFeed {

    private final Map<SerialNumber, RevokedCertificate> bySerial = new HashMap<>();
    private final RevokedCertificate[] inOrder;
    private final Instant now;

    MeasuredFeed(int count, String authorityId, Instant now) {
        this.now = now;
        this.inOrder = new RevokedCertificate[count];
        Random random = new Random(1);
        byte[] octets = new byte[SerialNumber.RANDOM_LENGTH];
        for (int i = 0; i < count; i++) {
            random.nextBytes(octets);
            inOrder[i] =
                    new RevokedCertificate(
                            i + 1,
                            SerialNumber.of(now.plusSeconds(86_400L * (2 + i % 30)), octets),
                            authorityId,
                            RevocationReason.KEY_COMPROMISE,
                            now);
            bySerial.put(inOrder[i].serialNumber(), inOrder[i]);
        }
    }

    SerialNumber serialNumber(int index) {
        return inOrder[index].serialNumber();
    }

    @Override
    public Optional<RevokedCertificate> find(SerialNumber serialNumber) {
        return Optional.ofNullable(bySerial.get(serialNumber));
    }

    @Override
    public Knowledge knowledge() {
        return new Knowledge(inOrder.length, now);
    }

    @Override
    public Knowledge forEachAfter(long sequence, Consumer<RevokedCertificate> consumer) {
        for (int i = (int) sequence; i < inOrder.length; i++) {
            consumer.accept(inOrder[i]);
        }
        return knowledge();
    }

    @Override
    public boolean knows(long sequence) {
        return sequence <= inOrder.length;
    }

    @Override
    public AutoCloseable watch(Runnable listener) {
        return () -> {};
    }
}
