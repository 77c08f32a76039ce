package dev.signet.ca.trust;

import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.TrustAnchors;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.trust.TrustBundleStore.Version;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The trust bundle on record, looked at when a change is signalled and every second; publishes the
/// next version when the roots have changed. While the database is away the last version read
/// stays. Thread-safe.
final class PolledTrustBundles implements TrustBundles, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolledTrustBundles.class);

    private final Authorities authorities;
    private final TrustBundleStore store;
    private final TrustDomain trustDomain;
    private final TrustSettings settings;
    private final ScheduledExecutorService scheduler;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    private volatile TrustBundle current;
    private long recordedUse;
    private boolean failedBefore;

    /// @param scheduler closed with this; listeners run on it
    PolledTrustBundles(
            Authorities authorities,
            TrustBundleStore store,
            TrustDomain trustDomain,
            TrustSettings settings,
            ScheduledExecutorService scheduler) {
        this.authorities = authorities;
        this.store = store;
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.scheduler = scheduler;
        this.current = new TrustBundle(trustDomain, 0, List.of(), Duration.ofSeconds(1));
    }

    /// Reads the newest version, publishing one if need be, and goes on doing so.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    void start() {
        update();
        long interval = settings.refreshInterval().toMillis();
        // It never throws, so there is nothing to ask the future.
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::refresh, interval, interval, TimeUnit.MILLISECONDS);
    }

    /// Looks once more. Never throws. One at a time, so that what was read later is taken later.
    synchronized void refresh() {
        try {
            update();
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                log.warn("Trust bundle could not be read; the last version known stays in use", e);
            }
            failedBefore = true;
        }
    }

    private void update() {
        TrustAnchors anchors = authorities.trustAnchors();
        Version newest = store.latest(trustDomain).orElse(null);
        if (newest == null || anchors.generation() > newest.generation()) {
            newest = store.publish(trustDomain, anchors);
        }
        if (newest.version() < current.version()) {
            log.warn(
                    "Version {} of the trust bundle is not on record any more: PostgreSQL was put"
                            + " back to an earlier moment; a greater one is published",
                    current.version());
            newest = store.surpass(trustDomain, current.version()).orElse(newest);
        }
        if (newest.version() > current.version()) {
            current =
                    new TrustBundle(
                            trustDomain,
                            newest.version(),
                            newest.certificates(),
                            settings.refreshHint());
            log.info(
                    "Trust bundle of {} is version {} with {} roots",
                    trustDomain,
                    newest.version(),
                    newest.certificates().size());
            watches.forEach(Watch::deliver);
        }
        if (current.version() > recordedUse) {
            store.use(trustDomain, current.version());
            recordedUse = current.version();
        }
    }

    @Override
    public TrustBundle current() {
        return current;
    }

    @Override
    public AutoCloseable watch(Consumer<TrustBundle> listener) {
        Watch watch = new Watch(listener);
        watches.add(watch);
        watch.deliver();
        return watch;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }

    private final class Watch implements AutoCloseable {

        private final Consumer<TrustBundle> listener;
        private long delivered;

        Watch(Consumer<TrustBundle> listener) {
            this.listener = listener;
        }

        /// The bundle is read under the lock, so versions arrive in order whoever delivers.
        synchronized void deliver() {
            TrustBundle bundle = current;
            if (bundle.version() <= delivered) {
                return;
            }
            delivered = bundle.version();
            try {
                listener.accept(bundle);
            } catch (RuntimeException e) {
                log.warn("A listener of the trust bundle failed and is dropped", e);
                close();
            }
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
