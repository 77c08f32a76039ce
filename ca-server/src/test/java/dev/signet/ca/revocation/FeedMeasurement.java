package dev.signet.ca.revocation;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.RealChanges;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures a feed of a million revocations, and how long a revocation takes to reach another
/// replica. No test: run its `main` with the test class path; docs/revocation.md has the figures.
final class FeedMeasurement {

    private static final int ENTRIES = 1_000_000;
    private static final int REVOCATIONS = 1_000;

    private FeedMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        try (TestDatabase database = TestDatabase.create();
                RevocationRig here = new RevocationRig(database)) {
            latency(database, here);
            million(database, here);
        }
    }

    private static void latency(TestDatabase database, RevocationRig here) throws Exception {
        LedgerRows rows = new LedgerRows(database);
        List<SerialNumber> serials = new ArrayList<>();
        for (int i = 0; i < REVOCATIONS; i++) {
            serials.add(rows.add("spiffe://example.org/measured"));
        }
        long[] nanos = new long[REVOCATIONS];
        try (RevocationRig there = new RevocationRig(database);
                RealChanges changes = RealChanges.on(database.settings())) {
            changes.watch("revocation", there.feed::look);
            changes.awaitListening();
            for (int i = 0; i < REVOCATIONS; i++) {
                long began = System.nanoTime();
                here.revocations.revoke(serials.get(i), RevocationRig.CAUSE);
                while (there.feed.find(serials.get(i)).isEmpty()) {
                    Thread.onSpinWait();
                }
                nanos[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "from the call to revoke until another replica refuses: p50 %.1f ms, p99 %.1f ms,"
                        + " most %.1f ms%n",
                nanos[REVOCATIONS / 2] / 1e6,
                nanos[REVOCATIONS * 99 / 100] / 1e6,
                nanos[REVOCATIONS - 1] / 1e6);
    }

    private static void million(TestDatabase database, RevocationRig here) throws Exception {
        Instant end = LedgerRows.inAnHour();
        long began = System.nanoTime();
        for (int i = 0; i < ENTRIES / 5_000; i++) {
            List<Revocable> some = new ArrayList<>();
            for (int k = 0; k < 5_000; k++) {
                some.add(
                        new Revocable(
                                LedgerRows.serial(end),
                                "authority-1",
                                end,
                                "spiffe://example.org/ns/shop/sa/orders",
                                false));
            }
            here.transactions.executeWithoutResult(
                    _ -> here.insert.insert(some, RevocationRig.CAUSE, null));
        }
        System.out.printf(
                "%,d revocations in statements of 5,000, each seen by the feed: %.1f s%n",
                ENTRIES, (System.nanoTime() - began) / 1e9);
        long before = used();
        began = System.nanoTime();
        JdbcRevocationFeed feed = new JdbcRevocationFeed(here.jdbc, here.clock, System::nanoTime);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "a replica's start with %,d: %.1f s, heap %.1f MB%n",
                feed.size(), seconds, (used() - before) / 1e6);
        SerialNumber unknown = LedgerRows.serial(end);
        began = System.nanoTime();
        int found = 0;
        for (int i = 0; i < 10_000_000; i++) {
            found += feed.find(unknown).isPresent() ? 1 : 0;
        }
        System.out.printf(
                "a look-up of one that is not revoked: %.0f ns (%d)%n",
                (System.nanoTime() - began) / 1e7, found);
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
