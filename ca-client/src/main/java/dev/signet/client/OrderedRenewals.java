package dev.signet.client;

import dev.signet.client.rotation.Timeline;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Obeys the CA's orders to renew: each at most once, at a moment drawn evenly from what is left of
/// its window, and only while it names the current certificate. Lives on the timeline's thread.
final class OrderedRenewals {

    private static final System.Logger LOG = System.getLogger(OrderedRenewals.class.getName());

    /// Far more than a CA has in force.
    private static final int MAX_REMEMBERED = 1024;

    private final Timeline timeline;
    private final Duration recheck;
    private final Supplier<@Nullable X509Svid> current;
    private final Runnable renew;
    private final Set<Long> obeyed = new HashSet<>();
    private final Map<Long, Instant> moments = new HashMap<>();
    private List<RenewalOrder> orders = List.of();
    private long series;

    /// @param recheck longest time between two looks at the clock
    /// @param renew begins a renewal that is tried again until it has succeeded
    OrderedRenewals(
            Timeline timeline,
            Duration recheck,
            Supplier<@Nullable X509Svid> current,
            Runnable renew) {
        this.timeline = timeline;
        this.recheck = recheck;
        this.current = current;
        this.renew = renew;
    }

    /// The orders in force; one that is missing is in force no more.
    void take(List<RenewalOrder> inForce) {
        orders = inForce;
        moments.keySet().removeIf(number -> inForce.stream().noneMatch(o -> o.number() == number));
        look(++series);
    }

    private void look(long ofSeries) {
        if (ofSeries != series) {
            return;
        }
        X509Svid svid = current.get();
        if (svid != null) {
            for (RenewalOrder order : orders) {
                if (!obeyed.contains(order.number()) && order.names(svid) && isTime(order)) {
                    obey(order);
                    break;
                }
            }
        }
        boolean waiting = orders.stream().anyMatch(order -> !obeyed.contains(order.number()));
        if (waiting) {
            timeline.schedule(pause(), () -> look(ofSeries));
        }
    }

    private boolean isTime(RenewalOrder order) {
        Instant now = timeline.instant();
        Instant moment = moments.computeIfAbsent(order.number(), number -> draw(order, now));
        return !now.isBefore(moment);
    }

    private Instant draw(RenewalOrder order, Instant now) {
        Instant from = order.start().isBefore(now) ? now : order.start();
        Duration left = Duration.between(from, order.end());
        return left.isNegative()
                ? now
                : from.plusNanos((long) (left.toNanos() * timeline.random().nextDouble()));
    }

    /// One renewal does for all orders that name the certificate now and are due.
    private void obey(RenewalOrder first) {
        if (obeyed.size() >= MAX_REMEMBERED) {
            obeyed.clear();
        }
        X509Svid svid = current.get();
        for (RenewalOrder order : orders) {
            if (order.number() == first.number()
                    || (svid != null && order.names(svid) && isTime(order))) {
                obeyed.add(order.number());
            }
        }
        LOG.log(System.Logger.Level.INFO, "renewing by order {0} of the CA", first.number());
        renew.run();
    }

    private Duration pause() {
        Instant now = timeline.instant();
        Duration wait = recheck;
        for (Map.Entry<Long, Instant> moment : moments.entrySet()) {
            if (!obeyed.contains(moment.getKey())) {
                Duration until = Duration.between(now, moment.getValue());
                wait = until.compareTo(wait) < 0 ? until : wait;
            }
        }
        return wait.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : wait;
    }
}
