package dev.signet.ca.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Writes refusal counts as minutes end, and keeps the partitions, on a thread of its own. A
/// failure is logged, and the next time comes.
final class AuditUpkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AuditUpkeep.class);
    private static final long TICK_SECONDS = 1;
    private static final long PARTITION_SECONDS = 3600;

    private final CountedRefusals refusals;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("audit-upkeep").factory());

    AuditUpkeep(CountedRefusals refusals, JdbcAuditPartitions partitions) {
        this.refusals = refusals;
        every(TICK_SECONDS, refusals::tick);
        every(PARTITION_SECONDS, partitions::makeAhead);
        every(PARTITION_SECONDS, partitions::dropExpired);
    }

    private void every(long seconds, Runnable task) {
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException e) {
                                log.warn("Upkeep of the audit trail failed; trying again", e);
                            }
                        },
                        seconds,
                        seconds,
                        TimeUnit.SECONDS);
    }

    /// What was counted goes on record, if PostgreSQL takes it.
    @Override
    public void close() {
        executor.shutdownNow();
        refusals.finish();
    }
}
