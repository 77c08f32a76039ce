package dev.signet.ca.wire;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.RevokedCertificate;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A feed whose record is a map.
final class FakeRevocationFeed implements RevocationFeed {

    static final String AUTHORITY = "ab".repeat(32);

    private static final SecureRandom RANDOM = new SecureRandom();

    final AtomicInteger walks = new AtomicInteger();
    volatile Instant asOf = Instant.now();
    private final NavigableMap<Long, RevokedCertificate> entries = new ConcurrentSkipListMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    static SerialNumber serial(Instant notAfter) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        RANDOM.nextBytes(random);
        return SerialNumber.of(notAfter, random);
    }

    /// Revokes so many, of a few hours each.
    List<SerialNumber> revoke(int count) {
        List<SerialNumber> serials = new ArrayList<>();
        Instant now = Instant.now();
        for (int i = 0; i < count; i++) {
            SerialNumber serial = serial(now.plusSeconds(3600L * (1 + i % 5)));
            serials.add(serial);
            put(serial);
        }
        asOf = now;
        listeners.forEach(Runnable::run);
        return serials;
    }

    private void put(SerialNumber serial) {
        long sequence =
                Math.max(
                        entries.isEmpty() ? 0 : entries.lastKey() + 1,
                        System.currentTimeMillis() * 1000);
        entries.put(
                sequence,
                new RevokedCertificate(
                        sequence,
                        serial,
                        AUTHORITY,
                        RevocationReason.KEY_COMPROMISE,
                        Instant.ofEpochSecond(sequence / 1_000_000)));
    }

    /// Puts the record back to an earlier moment.
    void forgetAfter(long sequence) {
        entries.tailMap(sequence, false).clear();
    }

    @Override
    public Optional<RevokedCertificate> find(SerialNumber serialNumber) {
        return entries.values().stream()
                .filter(entry -> entry.serialNumber().equals(serialNumber))
                .findFirst();
    }

    @Override
    public Knowledge knowledge() {
        return new Knowledge(entries.isEmpty() ? 0 : entries.lastKey(), asOf);
    }

    @Override
    public Knowledge forEachAfter(long sequence, Consumer<RevokedCertificate> consumer) {
        walks.incrementAndGet();
        Knowledge knowledge = knowledge();
        new TreeMap<>(entries.subMap(sequence, false, knowledge.sequence(), true))
                .values()
                .forEach(consumer);
        return knowledge;
    }

    @Override
    public boolean knows(long sequence) {
        return sequence == 0 || entries.containsKey(sequence);
    }

    @Override
    public AutoCloseable watch(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
