package dev.signet.ca.ledger;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

class PostgresqlOutageIT {

    @Test
    void ridesOutAStopAndStartOfPostgresqlUnderLoad(@TempDir Path directory) throws IOException {
        EmbeddedPostgres postgres = start(directory.resolve("data"), 0);
        int port = postgres.getPort();
        Migrations.apply(postgres.getPostgresDatabase());
        DatabaseSettings settings =
                DatabaseSettings.of(
                        "jdbc:postgresql://localhost:" + port + "/postgres", "postgres", "");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        try (TestLedger ledger = TestLedger.on(settings, TestLedger.settings(64, 2))) {
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String path = "/outage/" + i;
                callers.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    while (!stop.get()) {
                                        record(ledger, path, stop, refused);
                                    }
                                },
                                Thread::startVirtualThread));
            }
            for (int round = 0; round < 2; round++) {
                int before = ledger.releasedCount();
                awaitLong().until(() -> ledger.releasedCount() > before + 50);
                postgres.close();
                awaitLong().until(() -> ledger.ledger.problem().isPresent());
                int refusedBefore = refused.get();
                awaitLong().until(() -> refused.get() > refusedBefore + 10);
                postgres = start(directory.resolve("data"), port);
                awaitLong().until(() -> ledger.ledger.problem().isEmpty());
            }
            int before = ledger.releasedCount();
            awaitLong().until(() -> ledger.releasedCount() > before + 50);
            stop.set(true);
            callers.forEach(CompletableFuture::join);
            ledger.assertConsistent(postgres.getPostgresDatabase());
        } finally {
            stop.set(true);
            postgres.close();
        }
    }

    private static void record(
            TestLedger ledger, String path, AtomicBoolean stop, AtomicInteger refused) {
        UUID id = TestIssuances.requestId();
        while (!stop.get()) {
            Ledger.RecordOutcome outcome = ledger.recordNow(TestIssuances.withRequestId(path, id));
            if (!(outcome instanceof Ledger.Unavailable)) {
                return;
            }
            refused.incrementAndGet();
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static EmbeddedPostgres start(Path data, int port) throws IOException {
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPGStartupWait(Duration.ofSeconds(60));
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    private static org.awaitility.core.ConditionFactory awaitLong() {
        return await().atMost(Duration.ofSeconds(60));
    }
}
