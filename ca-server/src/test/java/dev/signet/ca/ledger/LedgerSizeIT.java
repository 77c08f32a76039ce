package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

class LedgerSizeIT {

    @Test
    void countsWhatHasNotExpiredAndAsksAgainAfterHalfAMinute() throws Exception {
        AtomicLong nanos = new AtomicLong();
        try (TestDatabase database = TestDatabase.create();
                RealLedger ledger = RealLedger.on(database)) {
            LedgerSize size = new JdbcLedgerSize(database.jdbcClient(), nanos::get);
            assertThat(size.unexpired()).isZero();
            int live = 20;
            CountDownLatch recorded = new CountDownLatch(live + 1);
            for (int i = 0; i < live; i++) {
                record(ledger, TestIssuances.plain("/" + i), recorded);
            }
            record(
                    ledger,
                    TestIssuances.expiringAt("/expired", Instant.now().minusSeconds(5)),
                    recorded);
            recorded.await();
            assertThat(size.unexpired()).isZero();
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(size.unexpired()).isEqualTo(live);
            // What PostgreSQL estimates is about the same.
            database.ownerJdbcClient().sql("ANALYZE ledger.certificate").update();
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(size.unexpired()).isBetween((long) live, live + 1L);
        }
    }

    private static void record(
            RealLedger ledger, IssuanceRecord issuance, CountDownLatch recorded) {
        ledger.ledger().reserve().orElseThrow().record(issuance, _ -> recorded.countDown());
    }
}
