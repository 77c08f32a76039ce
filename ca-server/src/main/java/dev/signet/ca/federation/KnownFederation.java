package dev.signet.ca.federation;

import dev.signet.ca.federation.JdbcFederation.Row;
import dev.signet.ca.federation.JdbcFederation.Stored;
import dev.signet.ca.trust.TrustBundle;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// What this replica knows of relationships and foreign bundles; while the database is away the
/// last it has read. Thread-safe.
final class KnownFederation implements FederatedBundles {

    private static final Logger log = LoggerFactory.getLogger(KnownFederation.class);

    /// Where the other side hints nothing.
    static final Duration DEFAULT_HINT = Duration.ofMinutes(5);

    private final JdbcFederation store;
    private final List<Consumer<List<TrustBundle>>> listeners = new CopyOnWriteArrayList<>();

    private volatile State state = new State(List.of(), List.of(), List.of());
    private boolean failedBefore;

    KnownFederation(JdbcFederation store) {
        this.store = store;
    }

    /// @param mark tells one state of the bundles from the next
    private record State(List<Row> rows, List<TrustBundle> bundles, List<Long> mark) {}

    /// Reads what there is. Never throws.
    synchronized void look() {
        try {
            List<Row> rows = store.all();
            List<Long> mark = new ArrayList<>();
            List<TrustBundle> bundles = new ArrayList<>();
            for (Row row : rows) {
                Stored stored = row.bundle();
                if (stored != null) {
                    mark.add(stored.number());
                    bundles.add(bundle(row, stored));
                }
            }
            boolean changed = !mark.equals(state.mark());
            state = new State(List.copyOf(rows), List.copyOf(bundles), List.copyOf(mark));
            failedBefore = false;
            if (changed) {
                log.info("Bundles of {} other trust domains are in use", bundles.size());
                listeners.forEach(this::tell);
            }
        } catch (RuntimeException e) {
            if (!failedBefore) {
                log.warn("Foreign bundles could not be read; the last ones known stay in use", e);
            }
            failedBefore = true;
        }
    }

    private static TrustBundle bundle(Row row, Stored stored) {
        Long sequence = stored.spiffeSequence();
        return new TrustBundle(
                row.relationship().trustDomain(),
                sequence == null ? stored.number() : sequence,
                BundleDocument.split(stored.authorities()),
                hint(stored));
    }

    static Duration hint(Stored stored) {
        Integer seconds = stored.refreshHintSeconds();
        return seconds == null || seconds == 0 ? DEFAULT_HINT : Duration.ofSeconds(seconds);
    }

    private void tell(Consumer<List<TrustBundle>> listener) {
        try {
            listener.accept(state.bundles());
        } catch (RuntimeException e) {
            log.warn("A listener for foreign bundles failed", e);
        }
    }

    List<Row> rows() {
        return state.rows();
    }

    @Override
    public List<TrustBundle> current() {
        return state.bundles();
    }

    @Override
    public synchronized AutoCloseable watch(Consumer<List<TrustBundle>> listener) {
        listeners.add(listener);
        listener.accept(state.bundles());
        return () -> listeners.remove(listener);
    }
}
