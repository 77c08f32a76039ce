package dev.signet.ca.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.SerialNumber;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

class RevocationTableTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static RevokedCertificate entry(long sequence, Instant notAfter) {
        return new RevokedCertificate(
                sequence,
                LedgerRows.serial(notAfter),
                "authority-" + sequence % 3,
                RevocationReason.values()[(int) (sequence % 7)],
                Instant.ofEpochSecond(NOW.getEpochSecond() + sequence));
    }

    @Test
    void givesBackEachEntryAndNoOther() {
        RevocationTable table = new RevocationTable();
        List<RevokedCertificate> all = new ArrayList<>();
        for (int i = 1; i <= 20_000; i++) {
            all.add(entry(2L * i, NOW.plusSeconds(i)));
        }
        table.add(all.subList(0, 10));
        table.add(all.subList(10, 9_999));
        table.add(all.subList(9_999, 20_000));
        assertThat(all).allSatisfy(one -> assertThat(table.find(one.serialNumber())).hasValue(one));
        for (int i = 0; i < 1_000; i++) {
            assertThat(table.find(LedgerRows.serial(NOW.plusSeconds(i)))).isEmpty();
        }
        List<RevokedCertificate> given = new ArrayList<>();
        table.forEachAfter(20_000, given::add);
        assertThat(given).isEqualTo(all.subList(10_000, 20_000));
        assertThat(table.contains(40_000)).isTrue();
        assertThat(table.contains(39_999)).isFalse();
        assertThat(table.contains(40_001)).isFalse();
    }

    @Test
    void leavesOutWhatHasExpired() {
        RevocationTable table = new RevocationTable();
        List<RevokedCertificate> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(entry(i + 1, NOW.plus(Duration.ofHours(i))));
        }
        table.add(all);
        Instant hour = NOW.plus(Duration.ofHours(40));
        assertThat(table.expiredBefore(hour)).isEqualTo(40);
        RevocationTable left = table.without(hour);
        assertThat(left.size()).isEqualTo(60);
        assertThat(left.find(all.get(39).serialNumber())).isEmpty();
        assertThat(left.find(all.get(40).serialNumber())).hasValue(all.get(40));
    }

    @Test
    void readersSeeWhatWasThereBeforeTheyAskedWhileItGrows() throws Exception {
        RevocationTable table = new RevocationTable();
        AtomicReference<RevokedCertificate> newest = new AtomicReference<>(entry(1, NOW));
        table.add(List.of(newest.get()));
        AtomicReference<AssertionError> failure = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                RevokedCertificate seen;
                                do {
                                    seen = newest.get();
                                    SerialNumber serial = seen.serialNumber();
                                    if (!table.find(serial).equals(java.util.Optional.of(seen))) {
                                        failure.set(new AssertionError("missed " + seen));
                                    }
                                } while (seen.sequence() < 50_000);
                            }));
        }
        for (int i = 2; i <= 50_000; i++) {
            RevokedCertificate next = entry(i, NOW);
            table.add(List.of(next));
            newest.set(next);
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failure.get()).isNull();
    }
}
