package dev.signet.ca.reissue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A copy of the orders in force. While PostgreSQL is away the last ones read stay. Thread-safe.
final class OrdersInForce implements RenewalOrders {

    private static final Logger LOG = LoggerFactory.getLogger(OrdersInForce.class);

    static final int MOST = 16;

    /// Clients that were away when the window was open renew when they come back.
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private final JdbcRenewalOrders orders;
    private final InstantSource clock;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    private volatile State state = new State(0, List.of());
    private boolean failedBefore;

    OrdersInForce(JdbcRenewalOrders orders, InstantSource clock) {
        this.orders = orders;
        this.clock = clock;
    }

    /// @param version grows with each change that this replica has seen
    private record State(long version, List<RenewalOrder> orders) {}

    /// An order whose window ended later than this is in force.
    static Instant remembered(Instant now) {
        return now.minus(REMEMBERED);
    }

    /// Reads what is on record. Never throws.
    synchronized void look() {
        try {
            List<RenewalOrder> now =
                    orders.inForce(remembered(clock.instant()), MOST).stream()
                            .map(Reissue::order)
                            .toList();
            if (!now.equals(state.orders())) {
                state = new State(state.version() + 1, now);
                LOG.info("{} orders to renew are in force", now.size());
                watches.forEach(Watch::deliver);
            }
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("Orders to renew could not be read; the last ones known stay in use", e);
            }
            failedBefore = true;
        }
    }

    @Override
    public List<RenewalOrder> current() {
        return state.orders();
    }

    @Override
    public AutoCloseable watch(Consumer<List<RenewalOrder>> listener) {
        Watch watch = new Watch(listener);
        watches.add(watch);
        watch.deliver();
        return watch;
    }

    private final class Watch implements AutoCloseable {

        private final Consumer<List<RenewalOrder>> listener;
        private long delivered = -1;

        Watch(Consumer<List<RenewalOrder>> listener) {
            this.listener = listener;
        }

        /// The state is read under the lock, so it arrives in order whoever delivers.
        synchronized void deliver() {
            State now = state;
            if (now.version() <= delivered) {
                return;
            }
            delivered = now.version();
            try {
                listener.accept(now.orders());
            } catch (RuntimeException e) {
                LOG.warn("A listener of the orders to renew failed and is dropped", e);
                close();
            }
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
