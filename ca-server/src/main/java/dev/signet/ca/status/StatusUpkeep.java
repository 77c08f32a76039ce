package dev.signet.ca.status;

import dev.signet.ca.ledger.Changes;
import dev.signet.ca.revocation.RevocationFeed;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// When [CrlSigning] looks: at start, when the feed has grown, when another replica has signed, and
/// twice a second, for signals may be lost; when OCSP responders are renewed, and superseded CRLs
/// go. One thing at a time, on a thread of its own.
final class StatusUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusUpkeep.class);

    private static final long INTERVAL_MILLIS = 500;
    private static final long TAKE_MILLIS = 5_000;
    private static final long RENEW_MILLIS = 2_000;
    private static final long FORGET_MINUTES = 10;

    private final CrlSigning signing;
    private final CrlRecords records;
    private final OcspResponders responders;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-crl").factory());
    private final AtomicBoolean asked = new AtomicBoolean();
    private @Nullable AutoCloseable subscription;

    StatusUpkeep(CrlSigning signing, CrlRecords records, OcspResponders responders) {
        this.signing = signing;
        this.records = records;
        this.responders = responders;
    }

    void start(RevocationFeed feed, Changes changes) {
        Future<?> _ = executor.submit(signing::take);
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        signing::sign, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        signing::take, TAKE_MILLIS, TAKE_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        responders::renew, 0, RENEW_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> _ =
                executor.scheduleWithFixedDelay(
                        this::forget, FORGET_MINUTES, FORGET_MINUTES, TimeUnit.MINUTES);
        subscription = feed.watch(this::signSoon);
        changes.watch("status", signing::take);
    }

    /// Many revocations at once are one look.
    private void signSoon() {
        if (asked.compareAndSet(false, true)) {
            try {
                executor.execute(() -> {
                    asked.set(false);
                    signing.sign();
                });
            } catch (RejectedExecutionException _) {
                asked.set(false); // the server stops
            }
        }
    }

    private void forget() {
        try {
            records.forgetSuperseded();
        } catch (RuntimeException e) {
            LOG.warn("Superseded CRLs were not removed; trying again", e);
        }
    }

    @Override
    public void close() {
        AutoCloseable watched = subscription;
        if (watched != null) {
            try {
                watched.close();
            } catch (Exception e) {
                LOG.warn("The revocation feed was not let go", e);
            }
        }
        executor.shutdownNow();
    }
}
