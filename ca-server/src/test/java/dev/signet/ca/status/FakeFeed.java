package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.RevokedCertificate;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// Revocations in memory. Thread-safe.
final class FakeFeed implements RevocationFeed {

    private final InstantSource clock;
    private final ConcurrentSkipListMap<Long, RevokedCertificate> bySequence =
            new ConcurrentSkipListMap<>();
    private final Map<SerialNumber, RevokedCertificate> bySerial = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile long sequence;
    private volatile Instant asOf = Instant.MAX;

    FakeFeed(InstantSource clock) {
        this.clock = clock;
    }

    synchronized RevokedCertificate revoke(
            SerialNumber serialNumber, String authorityId, RevocationReason reason) {
        Instant now = clock.instant();
        sequence = Math.max(sequence + 1, ChronoUnit.MICROS.between(Instant.EPOCH, now));
        RevokedCertificate revoked =
                new RevokedCertificate(
                        sequence,
                        serialNumber,
                        authorityId,
                        reason,
                        now.truncatedTo(ChronoUnit.SECONDS));
        bySequence.put(sequence, revoked);
        bySerial.put(serialNumber, revoked);
        listeners.forEach(Runnable::run);
        return revoked;
    }

    /// As when it has expired, or PostgreSQL was put back to an earlier moment.
    synchronized void forget(RevokedCertificate revoked) {
        bySequence.remove(revoked.sequence());
        bySerial.remove(revoked.serialNumber());
    }

    /// What it knows is as old as that from now on.
    void standStill() {
        asOf = clock.instant();
    }

    @Override
    public Optional<RevokedCertificate> find(SerialNumber serialNumber) {
        return Optional.ofNullable(bySerial.get(serialNumber));
    }

    @Override
    public Knowledge knowledge() {
        return new Knowledge(sequence, asOf.equals(Instant.MAX) ? clock.instant() : asOf);
    }

    @Override
    public Knowledge forEachAfter(long after, Consumer<RevokedCertificate> consumer) {
        Knowledge knowledge = knowledge();
        bySequence
                .tailMap(after, false)
                .headMap(knowledge.sequence(), true)
                .values()
                .forEach(consumer);
        return knowledge;
    }

    @Override
    public boolean knows(long wanted) {
        return wanted <= sequence;
    }

    @Override
    public synchronized AutoCloseable watch(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
